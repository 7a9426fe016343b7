using PollScale.Cpufreq;
using PollScale.Governors;
using PollScale.HostStub.Frequency;
using PollScale.Hypercall;

namespace PollScale.HostStub.Doctor;

/// <summary>Works out the certificates of this machine's P-states.</summary>
internal static class Certification
{
    /// <summary>The Sdk's time between decisions.</summary>
    private static readonly TimeSpan s_decision = TimeSpan.FromMicroseconds(20);

    /// <summary>A call with room to spare: an exit to user space takes about 2 us on silicon, a write to cpufreq a few more.</summary>
    private static readonly TimeSpan s_call = TimeSpan.FromMicroseconds(10);

    private const uint TicksPerMs = 1_000_000;

    /// <summary>Works it out, for the cpufreq policy of a CPU or, without one, for the synthetic core that run takes.</summary>
    public static CertificateFinding Make(CertificateRequest request, CpufreqTree tree, int cpu)
    {
        (PStateTable table, string source, Func<TimeSpan, ActuatorPremises> actuator) = Table(tree, cpu);
        TimeSpan transition = TimeSpan.FromMicroseconds(Math.Min(table.TransitionLatencyNs, 1e9) / 1e3);
        LossPremises premises = new()
        {
            PStates = table,
            Cost = new ServiceCost(request.CyclesPerPacket, request.MemoryNs),
            PeakPacketsPerSecond = request.LineRate,
            RingSize = request.Ring,
            TransitionLatency = transition,
            Actuator = actuator(transition),
            DecisionPeriod = s_decision,
            CallTime = s_call,
        };
        LossCertificate certificate = LossCertificate.For(premises);
        OptimalAvailableGovernor? chooses = request.DelayBound is null ? Governor(premises) : null;
        TimeSpan bound = request.DelayBound ?? chooses!.DelayBound;
        DelayCertificate delay = DelayCertificate.For(premises, bound);
        return new CertificateFinding
        {
            PStates = source,
            Ring = request.Ring,
            LineRate = request.LineRate,
            CyclesPerPacket = request.CyclesPerPacket,
            MemoryNs = request.MemoryNs,
            TransitionUs = transition.TotalMicroseconds,
            DecisionUs = s_decision.TotalMicroseconds,
            CallUs = s_call.TotalMicroseconds,
            Lambda = certificate.PeakExceedsFastest ? null : certificate.Lambda,
            LossFree = certificate.LossFree,
            Withheld = certificate.Withheld,
            FloorPState = certificate.FloorPState,
            SmallestRing = certificate.SmallestRing,
            DelayBoundUs = bound.TotalMicroseconds,
            DelayChoice = chooses?.Knee?.Text,
            DelayKept = delay.Kept,
            DelayFloorPState = delay.FloorPState,
            ShortestBoundUs = delay.ShortestBound?.TotalMicroseconds,
            DelayText = delay.Text,
            Text = certificate.Text,
        };
    }

    // As an application would have it here that states no bound.
    private static OptimalAvailableGovernor Governor(LossPremises premises)
    {
        double cycles = premises.Cost.CyclesPerPacket + (premises.Cost.MemoryNs * premises.PStates[premises.PStates.FastestAllowed] / 1e6);
        GovernorContext context = new(premises.PStates, TicksPerMs, premises.RingSize, premises.BurstSize, (ulong)(premises.DecisionPeriod.TotalMilliseconds * TicksPerMs)) { CallTime = premises.CallTime, Stall = premises.Actuator.Stall };
        return new OptimalAvailableGovernor(context, new OptimalAvailableOptions { PeakPacketsPerSecond = premises.PeakPacketsPerSecond, CyclesPerPacket = Math.Clamp(cycles, 10, 1e6) });
    }

    private static (PStateTable Table, string Source, Func<TimeSpan, ActuatorPremises> Actuator) Table(CpufreqTree tree, int cpu)
    {
        try
        {
            int number = tree.PolicyOf(cpu);
            CpufreqPolicy policy = tree.Read(number);
            string latency = policy.TransitionLatencyNs is null ? "; the kernel does not tell its latency, 20 us is taken" : "";
            return (CpufreqPStates.Build(policy), $"cpufreq policy {number}, {policy.DriverName}{latency}", stated => ActuatorPremises.Real(policy.TransitionLatencyNs is null ? null : StatedBy(policy.Driver), stated));
        }
        catch (CpufreqException)
        {
            PStateModel model = PStateFile.Default();
            return (model.ToTable(), $"{model.Name}, emulated, for cpufreq shows none", _ => ActuatorPremises.Covered);
        }
    }

    // Where cpuinfo_transition_latency is from. ACPI means the time for which the core stands still; the others set a constant.
    private static string StatedBy(CpufreqDriver driver) => driver switch
    {
        CpufreqDriver.AcpiCpufreq => "the firmware's ACPI table",
        CpufreqDriver.IntelPstateActive or CpufreqDriver.IntelPstatePassive or CpufreqDriver.AmdPstateActive or CpufreqDriver.AmdPstatePassive or CpufreqDriver.AmdPstateGuided
            => "the driver, by a constant of its own,",
        _ => "the kernel",
    };
}
