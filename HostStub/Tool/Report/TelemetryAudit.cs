using PollScale.Notation;
using PollScale.Telemetry;

namespace PollScale.HostStub.Report;

/// <summary>Holds a guest's claims against the host's counts. What cannot be true is left out of the report and noted.</summary>
internal sealed class TelemetryAudit
{
    private const int CountsPerOctave = 8;
    private readonly List<string> _notes = [];

    /// <summary>Checks a guest's claims once it has stopped writing.</summary>
    /// <param name="claims">The guest's telemetry.</param>
    /// <param name="host">The host's counts.</param>
    /// <param name="tscKHz">TSC frequency, kHz.</param>
    public TelemetryAudit(GuestTelemetry claims, HostCounts host, double tscKHz)
    {
        ulong posted = host.Offered - Math.Min(host.RingFull, host.Offered);
        Expect(claims.Received <= posted, $"The guest says it received {claims.Received} packets; the host gave it {posted}.");
        Expect(claims.Forwarded == host.Returned, $"The guest says it forwarded {claims.Forwarded} packets; {host.Returned} came back.");
        Expect(claims.Dropped <= posted, $"The guest says it dropped {claims.Dropped} packets; the host gave it {posted}.");
        Expect(claims.Calls <= host.Calls, $"The guest says it made {claims.Calls} calls; the host answered {host.Calls}.");

        double ticksPerUs = tscKHz / 1000;
        ulong longest = host.NowTsc - Math.Min(host.CreatedTsc, host.NowTsc);
        if (IsPlausible(claims.Delay, posted, longest, "queueing delays", "packets"))
        {
            DelayUs = Percentiles.Of(claims.Delay, ticksPerUs);
            DelayCounts = [.. claims.Delay.Parts(CountsPerOctave).Select(count => new DelayCount(count.UpTo / ticksPerUs, count.Count))];
        }

        double ticksPerNs = ticksPerUs / 1000;
        RoundTripNs = IsPlausible(claims.RoundTrip, host.Calls, longest, "round trips", "calls") ? Percentiles.Of(claims.RoundTrip, ticksPerNs) : Percentiles.None;

        Expect(claims.IdleTicks <= longest, "The guest says that it waited for longer than it ran.");
        LateUs = IsPlausible(claims.WakeTime, claims.Waits, longest, "ends of waits", "waits") ? Percentiles.Of(claims.WakeTime, ticksPerUs) : Percentiles.None;
        Waits = claims.WakeTime.Count <= claims.Waits && claims.IdleTicks <= longest ? claims.Waits : 0;

        if (claims.MainTsc != 0)
        {
            bool sane = claims.MainTsc >= host.CreatedTsc && claims.MainTsc <= host.NowTsc;
            Expect(sane, "The guest gives a start time outside the run.");
            BootMs = sane ? (claims.MainTsc - host.CreatedTsc) / tscKHz : null;
        }

        Dictionary<string, ulong> dropped = new() { ["ring_full"] = host.RingFull };
        foreach (DropCause cause in Enum.GetValues<DropCause>())
        {
            dropped[WordText.Of(cause)] = claims.Drops[(int)cause];
        }

        dropped["unknown"] = claims.Drops.Skip(Enum.GetValues<DropCause>().Length).Aggregate(0UL, Saturate);
        Dropped = dropped;
        DroppedTotal = dropped.Values.Aggregate(0UL, Saturate);
    }

    /// <summary>Drops by cause, the host's ring_full among them.</summary>
    public IReadOnlyDictionary<string, ulong> Dropped { get; }

    /// <summary>Their sum, saturating.</summary>
    public ulong DroppedTotal { get; }

    /// <summary>Queueing delay that may be shown.</summary>
    public Percentiles DelayUs { get; } = Percentiles.None;

    /// <summary>How it is spread, as may be shown.</summary>
    public IReadOnlyList<DelayCount> DelayCounts { get; } = [];

    /// <summary>Round trips that may be shown.</summary>
    public Percentiles RoundTripNs { get; }

    /// <summary>How late waits ended, as may be shown.</summary>
    public Percentiles LateUs { get; }

    /// <summary>Waits that may be shown.</summary>
    public ulong Waits { get; }

    /// <summary>Boot time that may be shown, ms.</summary>
    public double? BootMs { get; }

    /// <summary>What cannot be true, a sentence each.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>A guest's histogram while it still writes: none when there is nothing in it, or what cannot be true.</summary>
    public static Percentiles Live(HistogramSnapshot histogram, ulong longestTicks, double ticksPerUnit) =>
        histogram.Max <= longestTicks ? Percentiles.Of(histogram, ticksPerUnit) : Percentiles.None;

    private static ulong Saturate(ulong sum, ulong count) => sum + count < sum ? ulong.MaxValue : sum + count;

    private bool IsPlausible(HistogramSnapshot histogram, ulong most, ulong longestTicks, string values, string events)
    {
        if (histogram.Count == 0)
        {
            return false;
        }

        bool sane = histogram.Count <= most && histogram.Max <= longestTicks;
        Expect(sane, $"The guest's {values} cannot be true ({histogram.Count} of them for {most} {events}, or longer than the run): not shown.");
        return sane;
    }

    private void Expect(bool holds, string note)
    {
        if (!holds)
        {
            _notes.Add(note);
        }
    }
}
