using PollScale.Native;

namespace PollScale.C.Lcores;

/// <summary>The calling thread on an lcore's CPU, and then where it was: a doorbell speaks for the vCPU that rings it.</summary>
internal readonly struct CpuVisit : IDisposable
{
    private readonly cpu_set_t _home;
    private readonly bool _away;

    private CpuVisit(int cpu) => _away = ThreadAffinity.Get(out _home) == 0 && ThreadAffinity.Pin(cpu) == 0;

    /// <summary>Goes there where the scaler asks by a doorbell; elsewhere it stays, and waits for no CPU.</summary>
    public static CpuVisit Of(LcoreScaler scaler) =>
        scaler is { Lcore.IsPinned: true, Transport.Doorbell: "hypercall" or "port" or "mmio" or "region-hypercall" } ? To(scaler.Lcore.Cpu) : default;

    /// <summary>Goes to a CPU; where the thread may not, it stays.</summary>
    public static CpuVisit To(int cpu) => new(cpu);

    public void Dispose()
    {
        if (_away)
        {
            _ = ThreadAffinity.Set(_home);
        }
    }
}
