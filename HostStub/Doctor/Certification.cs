using PollScale.Cpufreq;
using PollScale.Governors;
using PollScale.HostStub.Frequency;
using PollScale.Hypercall;

namespace PollScale.HostStub.Doctor;

/// <summary>Works out the loss certificate of this machine's P-states.</summary>
internal static class Certification
{
    /// <summary>The Sdk's time between decisions.</summary>
    private static readonly TimeSpan s_decision = TimeSpan.FromMicroseconds(20);

    /// <summary>A call with room to spare: an exit to user space takes about 2 us on silicon, a write to cpufreq a few more.</summary>
    private static readonly TimeSpan s_call = TimeSpan.FromMicroseconds(10);

    /// <summary>Works it out, for the cpufreq policy of a CPU or, without one, for the synthetic core that run takes.</summary>
    public static CertificateFinding Make(CertificateRequest request, CpufreqTree tree, int cpu)
    {
        (PStateTable table, string source) = Table(tree, cpu);
        TimeSpan transition = TimeSpan.FromMicroseconds(Math.Min(table.TransitionLatencyNs, 1e9) / 1e3);
        LossCertificate certificate = LossCertificate.For(new LossPremises
        {
            PStates = table,
            Cost = new ServiceCost(request.CyclesPerPacket, request.MemoryNs),
            PeakPacketsPerSecond = request.LineRate,
            RingSize = request.Ring,
            TransitionLatency = transition,
            DecisionPeriod = s_decision,
            CallTime = s_call,
        });
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
            FloorPState = certificate.FloorPState,
            SmallestRing = certificate.SmallestRing,
            Text = certificate.Text,
        };
    }

    private static (PStateTable Table, string Source) Table(CpufreqTree tree, int cpu)
    {
        try
        {
            int number = tree.PolicyOf(cpu);
            CpufreqPolicy policy = tree.Read(number);
            string latency = policy.TransitionLatencyNs is null ? "; the kernel does not tell its latency, 20 us is taken" : "";
            return (CpufreqPStates.Build(policy), $"cpufreq policy {number}, {policy.DriverName}{latency}");
        }
        catch (CpufreqException)
        {
            PStateModel model = PStateFile.Default();
            return (model.ToTable(), $"{model.Name}, emulated, for cpufreq shows none");
        }
    }
}
