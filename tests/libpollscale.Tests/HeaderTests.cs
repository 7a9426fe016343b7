using System.Text.RegularExpressions;
using PollScale.C.Lcores;
using PollScale.Polling;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.C.Tests;

/// <summary>pollscale.h and the managed side are one interface.</summary>
public partial class HeaderTests
{
    private static readonly string s_header = Path.Combine(AppContext.BaseDirectory, "pollscale.h");

    [Fact]
    public void Offsets_and_numbers_agree() => new HeaderCheck(s_header)
        .Struct(typeof(PollCounters), "struct pollscale_counters", names: new()
        {
            ["_emptyPolls"] = "empty_polls",
            ["_busyPolls"] = "busy_polls",
            ["_fullPolls"] = "full_polls",
            ["_received"] = "received",
            ["_credit"] = "credit",
            ["_emptyCost"] = "empty_cost",
            ["_packetTicks"] = "packet_ticks",
            ["_burstSize"] = "burst_size",
            ["EscalateAt"] = "escalate_at",
            ["QuietQueues"] = "quiet_queues",
        })
        .Struct(typeof(LcoreStats), "struct pollscale_stats", names: typeof(LcoreStats).GetFields().ToDictionary(field => field.Name, field => Words().Replace(field.Name.Replace("KHz", "Khz", StringComparison.Ordinal), "_$0").TrimStart('_').ToLowerInvariant()))
        .Constant("POLLSCALE_OK", (int)LcoreStatus.Ok)
        .Constant("POLLSCALE_EINVAL", (int)LcoreStatus.Invalid)
        .Constant("POLLSCALE_EHANDLE", (int)LcoreStatus.Handle)
        .Constant("POLLSCALE_ETHREAD", (int)LcoreStatus.Thread)
        .Constant("POLLSCALE_EUNAVAILABLE", (int)LcoreStatus.Unavailable)
        .Constant("POLLSCALE_EPINNING", (int)LcoreStatus.Pinning)
        .Constant("POLLSCALE_EFAILED", (int)LcoreStatus.Failed)
        .Require(atLeast: 50);

    [Fact]
    public void What_is_exported_is_what_the_header_has()
    {
        PublishedLibrary.Require();
        string[] exported = [.. Symbols().Matches(CCompiler.Run("nm", ["-D", "--defined-only", PublishedLibrary.Path!]).Output).Select(match => match.Groups[1].Value).Order()];
        string[] declared = [.. Functions().Matches(File.ReadAllText(s_header)).Select(match => match.Groups[1].Value).Order()];
        Assert.Equal(declared, exported);
    }

    [Fact]
    public void The_header_is_one_for_a_compiler_of_C_plus_plus()
    {
        PublishedLibrary.Require();
        (int status, _, string error) = CCompiler.Run("gcc", ["-x", "c++", "-std=c++17", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", s_header]);
        Assert.SkipWhen(error.Contains("cc1plus", StringComparison.Ordinal), $"There is no compiler of C++: {error.Trim()}");
        Assert.True(status == 0 || error.Contains("pragma once", StringComparison.Ordinal), error);
    }

    [Fact]
    public void The_library_has_its_soname_and_is_small()
    {
        PublishedLibrary.Require();
        Assert.Contains("Library soname: [libpollscale.so.0]", CCompiler.Run("readelf", ["-d", PublishedLibrary.Path!]).Output, StringComparison.Ordinal);
        Assert.InRange(new FileInfo(PublishedLibrary.Path!).Length, 1, 3_000_000);
    }

    [GeneratedRegex("(?<=.)[A-Z]")]
    private static partial Regex Words();

    [GeneratedRegex(@" T (\w+)@@LIBPOLLSCALE_0\.1$", RegexOptions.Multiline)]
    private static partial Regex Symbols();

    // One line a function; the inline one is none of the library's.
    [GeneratedRegex(@"^(?:int|const char \*) ?(pollscale_\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Functions();
}
