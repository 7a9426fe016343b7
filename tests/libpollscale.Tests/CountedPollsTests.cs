using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.C.Tests;

/// <summary>What polls and packets take, in instructions as valgrind counts them: the Sdk, as guestprobe has it compiled, beside C, and beside what it was.</summary>
public partial class CountedPollsTests
{
    private const int Polls = 300_000, Rounds = 5;

    /// <summary>guestprobe bench-polls --governor max: no decision but one each 10 ms.</summary>
    [Theory]
    [InlineData(0, 1.10)]
    [InlineData(8, 1.10)]
    public void Telling_of_a_poll_takes_what_it_takes_in_C(int received, double most)
    {
        using TemporaryFolder folder = new();
        string polls = Path.Combine(folder.Path, "polls");
        RecordedPolls.Alike(polls, Polls, received);
        Compare($"polls of {received}", Probe(polls, "--governor", "max", "--decision-us", "10000"), Program("observe", polls), most);
    }

    /// <summary>All that telling and deciding take, spread over the polls, where no line is stated; l3fwd-power looks at each.</summary>
    [Fact]
    public void The_whole_governor_takes_little_more_than_the_rule_of_l3fwd_power_in_C()
    {
        using TemporaryFolder folder = new();
        string polls = Path.Combine(folder.Path, "polls");
        RecordedPolls.OfTraffic(polls, Polls);
        Compare("traffic", Probe(polls), Program("l3fwd", polls), 1.6);
    }

    /// <summary>guestprobe bench-forward: check, checksum, lookup and rewrite of a packet, copied first.</summary>
    [Fact]
    public void A_packet_through_the_forwarder_takes_what_it_takes_in_C()
    {
        const int Frames = 4096;
        using TemporaryFolder folder = new();
        (string frames, string routes) = (folder["frames"], folder["routes"]);
        RecordedFrames.Write(frames, Frames);
        RecordedFrames.WriteRoutes(routes);
        string probe = Published(), c = Compiled("forward");
        double ours = Each(rounds => [probe, "bench-forward", $"{rounds}", "--trace", frames, "--routes", routes], Frames);
        Compare("packet", ours, Each(rounds => [c, frames, routes, $"{rounds}"], Frames), 1.10);
    }

    /// <summary>
    /// guestprobe bench-loop: a packet into the rx ring, out of it, through the sample's forwarder, into the tx ring and out of it, and an empty poll. What it is compared with is the same
    /// loop at fdf5b913, whose rings knew PollScale's own regions alone.
    /// </summary>
    [Fact]
    public void A_packet_through_the_rings_takes_no_more_than_before_they_served_any_peer()
    {
        const double Before = 485.29;
        const int Packets = 640_000, Least = 320;
        double ours = (Count([Published(), "bench-loop", $"{Packets + Least}"]) - Count([Published(), "bench-loop", $"{Least}"])) / (double)Packets;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"rings: {ours:f2} instructions a packet and an empty poll, before {Before:f2}, {ours / Before:f3} times"));
        Assert.InRange(ours / Before, 0, 1.02);
    }

    private static void Compare(string what, double ours, double c, double most)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {ours:f2} instructions each, C {c:f2}, {ours / c:f3} times"));
        Assert.InRange(ours / c, 0, most);
    }

    private static double Probe(string polls, params string[] options)
    {
        string probe = Published();
        return APoll(rounds => [probe, "bench-polls", $"{rounds}", "--trace", polls, .. options]);
    }

    private static string Published()
    {
        string? probe = Checkout.Root is string root ? Path.Combine(root, "artifacts/publish/guestprobe/release_linux-x64/guestprobe") : null;
        Assert.SkipUnless(File.Exists(probe), "guestprobe is not published: dotnet publish tests/GuestProbe -c Release.");
        return probe!;
    }

    private static double Program(string rule, string polls)
    {
        string program = Compiled("polls");
        return APoll(rounds => [program, rule, polls, $"{rounds}"]);
    }

    private static string Compiled(string name)
    {
        Assert.SkipUnless(CCompiler.Missing is null, CCompiler.Missing ?? "");
        string program = Path.Combine(CCompiler.OutputDirectory, name);
        (int status, _, string error) = CCompiler.Run("gcc",
            ["-std=gnu11", "-O3", "-Wall", "-Wextra", "-Werror", $"-I{AppContext.BaseDirectory}", Path.Combine(AppContext.BaseDirectory, $"{name}.c"), "-o", program]);
        Assert.True(status == 0, error);
        return program;
    }

    // What more rounds add; all else is done once.
    private static double APoll(Func<int, string[]> command) => Each(command, Polls);

    private static double Each(Func<int, string[]> command, int count) => (Count(command(Rounds)) - Count(command(1))) / (double)((Rounds - 1) * count);

    private static long Count(string[] command)
    {
        (int status, string output, string error) = Valgrind(command);
        Assert.True(status == 0, $"{string.Join(' ', command)} ended with status {status}.\n{output}{error}");
        return long.Parse(Collected().Match(error).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
    }

    // A heap with a limit: .NET asks for more address space than valgrind has.
    private static (int Status, string Output, string Error) Valgrind(string[] command)
    {
        try
        {
            return CCompiler.Run("env", ["DOTNET_GCHeapHardLimit=0x8000000", "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", .. command]);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            Assert.Skip($"env does not run: {e.Message}.");
            throw;
        }
    }

    [GeneratedRegex(@"Collected : (\d+)")]
    private static partial Regex Collected();
}
