using PollScale.HostStub.Frequency;
using PollScale.HostStub.Placement;

namespace PollScale.HostStub.Run;

/// <summary>
/// What a core draws less, by the model, because its polling thread was off it: by the kernel's count, for the guest's own may be anything. It is taken for asleep as evenly as it was off, in the idle state
/// that a wait of the mean length reaches; time in which another thread had the CPU is no sleep.
/// </summary>
/// <param name="model">P-states and idle states.</param>
internal sealed class SleepEnergy(PStateModel model)
{
    private const double NsPerSecond = 1e9;

    /// <summary>Energy not drawn in a span, J.</summary>
    /// <param name="span">Energy of a core that polls throughout.</param>
    /// <param name="used">What the thread used of its CPU meanwhile.</param>
    public double Saved(EnergySnapshot span, ThreadUsage used)
    {
        double seconds = span.Seconds, off = Math.Clamp(seconds - used.Ran.TotalSeconds - used.KeptWaiting.TotalSeconds, 0, seconds);
        return span.HasPower && off > 0 && model.WattsAsleep(off / Math.Max(1, used.Arrivals) * NsPerSecond) is double watts ? Math.Max(0, off * ((span.Joules / seconds) - watts)) : 0;
    }
}
