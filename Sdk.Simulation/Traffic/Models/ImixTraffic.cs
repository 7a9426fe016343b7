using PollScale.Notation;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic.Parsing;

namespace PollScale.Simulation.Traffic.Models;

/// <summary>
/// The simple Internet mix: frames of 64, 570 and 1518 bytes as 7 : 4 : 1, in a fixed order that mixes the sizes. A frame keeps the link
/// busy for its bytes and 20 more (preamble, start delimiter, gap: IEEE 802.3), and is followed by a pause that meets the load.
/// </summary>
internal sealed record ImixTraffic : ICheckedTraffic
{
    private const int OverheadBytes = 20;
    private const long PicosecondsPerBitAtGbps = 1000;
    private const long Window = 100 * SimTime.Microsecond;

    internal static readonly TrafficKindOf<ImixTraffic> Kind = new(
        "imix",
        "frames of 64, 570 and 1518 bytes as 7:4:1 on a link",
        new NumberSetting<ImixTraffic>("gbps", "rate of the link in Gbit/s", Quantity.Number, 0.01, 800, m => m.Gbps, (m, v) => m with { Gbps = v }),
        new NumberSetting<ImixTraffic>("load", "share of the time that the link is busy", Quantity.Share, 0.0001, 1, m => m.Load, (m, v) => m with { Load = v }),
        SpacingParameter.Of<ImixTraffic>(m => m.Spacing, (m, v) => m with { Spacing = v }));

    private static readonly ushort[] s_frames = [64, 570, 64, 64, 570, 64, 1518, 64, 570, 64, 64, 570];

    /// <summary>Rate of the link in Gbit/s, 0.01 .. 800.</summary>
    public double Gbps { get; init; } = 10;

    /// <summary>Share of the time that the link is busy, 0.0001 .. 1.</summary>
    public double Load { get; init; } = 0.5;

    /// <summary>Pauses in proportion to the frame before, or exponential.</summary>
    public Spacing Spacing { get; init; } = Spacing.Poisson;

    /// <inheritdoc/>
    public string Name => Kind.Format(this);

    /// <summary>Most frames that begin within any 100 us: with even pauses those of the load, with random ones those of a busy link.</summary>
    public double PeakRate => MostInWindow(FrameTimes(Spacing == Spacing.Even ? Load : 1)) * (double)SimTime.Second / Window;

    /// <inheritdoc/>
    public bool KeepsTo(double rate) => SimTime.Second / (double)FrameTimes(Spacing == Spacing.Even ? Load : 1).Min() <= rate;

    /// <summary>Mean rate in packets per second.</summary>
    public double MeanRate => s_frames.Length * (double)SimTime.Second / FrameTimes(Load).Sum();

    /// <inheritdoc/>
    /// <exception cref="TrafficModelException">A parameter is out of range.</exception>
    public IArrivals Start(ulong seed, long duration)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(duration);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(duration, TrafficDefaults.LongestRun);
        Kind.Check(this);
        if (Spacing == Spacing.Even)
        {
            return new ImixArrivals(FrameTimes(Load), s_frames, 0, seed, duration);
        }

        long[] busy = FrameTimes(1);
        return new ImixArrivals(busy, s_frames, busy.Average() * ((1 / Load) - 1), seed, duration);
    }

    void ICheckedTraffic.Check() => Kind.Check(this);

    /// <summary>The name, as the command line takes it.</summary>
    public override string ToString() => Name;

    // Rounded up, so rounding cannot raise a rate.
    private long[] FrameTimes(double load) =>
        [.. s_frames.Select(size => (long)Math.Ceiling((size + OverheadBytes) * 8 * PicosecondsPerBitAtGbps / (Gbps * load)))];

    private static long MostInWindow(long[] gaps)
    {
        long cycle = gaps.Sum();
        long most = 0;
        for (int first = 0; first < gaps.Length; first++)
        {
            long count = Window / cycle * gaps.Length;
            for (long used = Window / cycle * cycle; used < Window; count++)
            {
                used += gaps[(first + (int)(count % gaps.Length)) % gaps.Length];
            }

            most = Math.Max(most, count);
        }

        return most;
    }
}
