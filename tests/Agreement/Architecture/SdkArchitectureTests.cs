using System.Reflection;
using PollScale.Clock;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Scaling;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.Agreement.Architecture;

public class SdkArchitectureTests
{
    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["PollScale.Notation"] = [],
        ["PollScale.Randomness"] = [],
        ["PollScale.Hypercall"] = [],
        ["PollScale.Region"] = ["PollScale.Hypercall"],
        ["PollScale.Memif"] = [],
        ["PollScale.Memif.Control"] = ["PollScale.Memif", "PollScale.Native", "PollScale.Notation", "PollScale.Placement"],
        ["PollScale.GuestChannel"] = [],
        ["PollScale.Telemetry"] = [],
        ["PollScale.Placement"] = ["PollScale.Native"],
        ["PollScale.Programs"] = [],
        ["PollScale.Clock"] = ["PollScale.Hypercall", "PollScale.Native"],
        ["PollScale.Polling"] = ["PollScale.Clock", "PollScale.Hypercall"],
        ["PollScale.Governors"] = ["PollScale.Polling", "PollScale.Hypercall", "PollScale.Notation", "PollScale.Telemetry"],
        ["PollScale.Scaling"] = ["PollScale.Clock", "PollScale.Governors", "PollScale.Hypercall", "PollScale.Polling"],
        ["PollScale.Cpufreq"] = ["PollScale.Hypercall", "PollScale.Native"],
        ["PollScale.Shadow"] = ["PollScale.Clock", "PollScale.Governors", "PollScale.Hypercall", "PollScale.Polling", "PollScale.Telemetry", "PollScale.Transports"],
        ["PollScale.Transports"] = ["PollScale.Clock", "PollScale.Cpufreq", "PollScale.GuestChannel", "PollScale.Hypercall", "PollScale.Native", "PollScale.Region"],
    };

    // PacketRegion maps a file, which needs libc, and shows the telemetry block that lies in it; the layouts themselves stay apart.
    private static readonly HashSet<(string Type, string Room)> s_exceptions =
    [
        ("PollScale.Memif.PacketRegion", "PollScale.Native"),
        ("PollScale.Memif.PacketRegion", "PollScale.Telemetry"),
    ];

    private static readonly Assembly[] s_sdk = [typeof(LcoreScaler).Assembly, typeof(HypercallAbi).Assembly, typeof(TscClock).Assembly];

    [Fact]
    public void The_contract_references_nothing_of_ours() => Assert.Empty(Ours(typeof(HypercallAbi).Assembly));

    [Fact]
    public void The_platform_references_contract_and_native() => Assert.Equal(["PollScale.Contract", "PollScale.Native"], Ours(typeof(TscClock).Assembly).Order());

    [Fact]
    public void The_sdk_references_contract_native_and_platform() => Assert.Equal(["PollScale.Contract", "PollScale.Native", "PollScale.Platform"], Ours(typeof(LcoreScaler).Assembly).Order());

    [Fact]
    public void Sdk_native_references_nothing_but_Tmds_LibC() => Assert.Equal(["Tmds.LibC"], Ours(typeof(CodePage).Assembly));

    [Fact]
    public void Sdk_native_shows_nothing() => Assert.Empty(typeof(CodePage).Assembly.GetExportedTypes());

    [Fact]
    public void Rooms_use_only_the_rooms_before_them()
    {
        List<string> breaches = [];
        foreach (Type type in s_sdk.SelectMany(assembly => assembly.GetTypes()))
        {
            if (!s_allowed.TryGetValue(Room(type), out string[]? allowed))
            {
                continue;
            }

            breaches.AddRange(TypeUses.Of(type)
                .Where(used => Room(used).StartsWith("PollScale", StringComparison.Ordinal) && Room(used) != Room(type) && !allowed.Contains(Room(used)) && !s_exceptions.Contains((type.FullName!, Room(used))))
                .Select(used => $"{type.FullName} uses {used.FullName}"));
        }

        Assert.Empty(breaches.Distinct());
    }

    [Fact]
    public void What_scales_is_given_its_ticks_and_reads_no_clock() => Assert.DoesNotContain(typeof(TscClock), typeof(ScalerCore).Assembly.GetTypes()
        .Where(type => Room(type) is "PollScale.Scaling" or "PollScale.Governors" or "PollScale.Polling")
        .SelectMany(TypeUses.Of));

    [Fact]
    public void What_is_public_is_meant_and_written_down()
    {
        string[] written = [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "PublicAPI"), "*.txt").SelectMany(File.ReadLines)];
        string[] types = [.. s_sdk.SelectMany(assembly => assembly.GetExportedTypes()).Select(type => type.FullName!)];

        Assert.Empty(types.Except(written));
        Assert.InRange(types.Length, 40, 68);
    }

    [Fact]
    public void Every_room_of_the_sdk_is_listed() => Assert.Empty(s_sdk.SelectMany(assembly => assembly.GetTypes())
        .Select(Room)
        .Where(room => room.StartsWith("PollScale.", StringComparison.Ordinal) && !s_allowed.ContainsKey(room))
        .Distinct());

    [Fact]
    public void The_scan_sees_what_method_bodies_use() => Assert.Contains(typeof(PollScale.Transports.FrequencyTransport), TypeUses.Of(typeof(LcoreScaler)));

    private static IEnumerable<string?> Ours(Assembly assembly) => assembly.GetReferencedAssemblies()
        .Select(name => name.Name)
        .Where(name => !name!.StartsWith("System", StringComparison.Ordinal) && !name.StartsWith("Microsoft", StringComparison.Ordinal));

    private static string Room(Type type) => type.Namespace ?? "";
}
