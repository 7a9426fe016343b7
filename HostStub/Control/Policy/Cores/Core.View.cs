using PollScale.HostStub.Frequency;

namespace PollScale.HostStub.Policy.Cores;

/// <content>What is seen of a core from outside.</content>
internal sealed partial class Core
{
    /// <summary>Looks at it. Waits for nothing, also while a change hangs; what changes meanwhile is seen or not.</summary>
    /// <param name="seat">A vCPU's seat on it.</param>
    public CoreView View(Seat seat)
    {
        Parts parts = _parts;
        int real = int.MaxValue, target = PcpuArbiter.Target(parts.Seats, parts.Rests);
        IEnergySource? meter = null;
        for (int i = 0; i < parts.Backends.Length; i++)
        {
            IFrequencyBackend backend = parts.Backends[i];
            real = Math.Min(real, backend.Meter?.Effective ?? backend.Requested);
            meter = parts.Numbers[i] == seat.Pcpu ? backend.Meter : meter;
        }

        int inForce = Fastest(parts.Backends);
        AuditReason why = IsLost(parts) ? AuditReason.BackendFailed : PcpuArbiter.WhyOther(parts.Seats, seat, target, inForce);
        return new CoreView(real == int.MaxValue ? -1 : real, inForce, why, meter);
    }
}
