using System.Reflection;
using PollScale.HostStub.Cli;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Run;
using PollScale.HostStub.Vm;
using PollScale.Placement;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.Agreement.Architecture;

/// <summary>The directions of docs/architecture.md, on the compiled assembly.</summary>
public class HostArchitectureTests
{
    private const BindingFlags AllFields =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private const string Host = "PollScale.HostStub.";

    // Of the Sdk the host knows the contracts, the clock, cpufreq, threads and their places, how values are written, what programs share and random numbers.
    private static readonly string[] s_sdk = ["PollScale.Hypercall", "PollScale.GuestChannel", "PollScale.Memif", "PollScale.Region", "PollScale.Telemetry", "PollScale.Clock", "PollScale.Cpufreq", "PollScale.Native", "PollScale.Notation", "PollScale.Randomness", "PollScale.Placement", "PollScale.Programs"];

    // A simulation runs governors and all they need, where the host else only serves them.
    private static readonly string[] s_simulating = ["Simulation", "Cli"];

    // Doctor tells an application which transports it would have here, and works out a governor's loss certificate.
    private static readonly string[] s_diagnosing = ["PollScale.Transports", "PollScale.Governors"];

    // The record of a run explains its changes in the words of the governor's trace.
    private const string Decisions = "PollScale.Governors";

    // A memif peer is spoken to as the Sdk does, and its place is read by the one grammar.
    private const string MemifControl = "PollScale.Memif.Control";
    private static readonly string[] s_peers = ["Peer", "Cli"];

    // What is sent is what is simulated: the models are the simulator's.
    private static readonly string[] s_traffic = ["PollScale.Simulation.Traffic", "PollScale.Simulation.Cores"];

    // The grammar of the sample's routes, of one source: a file of them is checked before the guest reads it.
    private const string Routes = "PollScale.Samples.QueueScaler.Forwarding";

    // It names every record that is written as JSON, doctor's transports among them.
    private const string Json = Host + "Report.ReportJson";

    private static readonly Assembly[] s_host = [typeof(MicroVm).Assembly, typeof(HostFrequency).Assembly, typeof(HostStubCommand).Assembly];

    [Fact]
    public void Rooms_use_only_the_rooms_before_them() => Assert.Empty(Breaches((user, used) =>
        used.StartsWith(Host, StringComparison.Ordinal) && !HostRooms.IsAllowed(user, used[Host.Length..])));

    // What runs virtual machines and what decides on frequencies meet in the contract alone, so that either can be had without the other.
    [Theory]
    [InlineData(typeof(MicroVm))]
    [InlineData(typeof(HostFrequency))]
    public void Micro_vm_and_control_know_the_contract_and_the_platform_alone(Type type) => Assert.Empty(type.Assembly.GetReferencedAssemblies()
        .Select(name => name.Name!)
        .Where(name => name.StartsWith("PollScale", StringComparison.Ordinal) || name == "hoststub")
        .Except(["PollScale.Contract", "PollScale.Platform", "PollScale.Native"]));

    [Fact]
    public void Of_the_sdk_only_contracts_and_clock_are_used() => Assert.Empty(Breaches((user, used) =>
        !used.StartsWith(Host, StringComparison.Ordinal) && !s_sdk.Contains(used) && !(s_simulating.Contains(HostRooms.Top(user)) && IsSimulated(used))
        && !(HostRooms.Top(user) == "Doctor" && s_diagnosing.Contains(used)) && !(HostRooms.Top(user) == "Traffic" && s_traffic.Contains(used)) && !(HostRooms.Top(user) == "Cli" && used == Routes)
        && !(HostRooms.Top(user) == "Timeline" && used == Decisions)
        && !(used == MemifControl && s_peers.Contains(HostRooms.Top(user)))));

    [Fact]
    public void Every_room_is_listed() => Assert.Empty(s_host.SelectMany(assembly => assembly.GetTypes())
        .Select(type => type.Namespace ?? "")
        .Where(room => room.StartsWith(Host, StringComparison.Ordinal))
        .Select(room => HostRooms.Top(room[Host.Length..]))
        .Where(room => !HostRooms.Allowed.ContainsKey(room))
        .Distinct());

    [Fact]
    public void Every_thread_is_one_that_keeps_what_it_fails_with() => Assert.Equal(
        [typeof(HostThread)],
        s_host.Append(typeof(HostThread).Assembly).SelectMany(assembly => assembly.GetTypes()).Where(type => TypeUses.Made(type).Contains(typeof(Thread))));

    [Fact]
    public void The_only_spin_lock_is_one_that_says_whether_it_is_held() => Assert.DoesNotContain(
        new[] { typeof(MicroVm), typeof(PollScale.Cpufreq.CpufreqScaler), typeof(PollScale.Native.SpinGate) }
            .SelectMany(type => type.Assembly.GetTypes()),
        type => type.GetFields(AllFields).Any(field => field.FieldType == typeof(SpinLock)));

    [Fact]
    public void The_scan_sees_what_method_bodies_use() => Assert.Contains(typeof(RunSession), TypeUses.Of(typeof(RunLauncher)));

    private static IEnumerable<string> Breaches(Func<string, string, bool> isBreach) => s_host.SelectMany(assembly => assembly.GetTypes())
        .Where(type => type.Namespace?.StartsWith(Host, StringComparison.Ordinal) == true && !type.FullName!.StartsWith(Json, StringComparison.Ordinal))
        .SelectMany(type => TypeUses.Of(type)
            .Where(used => used.Namespace?.StartsWith("PollScale", StringComparison.Ordinal) == true && used.Namespace != type.Namespace)
            .Where(used => isBreach(type.Namespace![Host.Length..], used.Namespace!))
            .Select(used => $"{type.FullName} uses {used.FullName}"))
        .Distinct();

    private static bool IsSimulated(string used) => used == "PollScale.Governors" || used.StartsWith("PollScale.Simulation", StringComparison.Ordinal);
}
