using PollScale.HostStub.Report;
using PollScale.HostStub.Traffic;
using PollScale.HostStub.Traffic.Pcap;

namespace PollScale.HostStub.Run;

/// <summary>Says how far a replay came and, where it is not whole, why.</summary>
internal static class ReplayReport
{
    /// <summary>Builds the report once traffic has ended.</summary>
    /// <param name="trace">The capture.</param>
    /// <param name="traffic">Its generator.</param>
    /// <param name="sent">Packets offered.</param>
    /// <param name="options">The run.</param>
    /// <param name="stopCause">Why the run was stopped; empty when it was not.</param>
    public static RunReplay Build(PcapTrace trace, TrafficGenerator traffic, ulong sent, RunOptions options, string stopCause)
    {
        bool all = sent >= (ulong)trace.Count;
        string? reason = all ? null : $"The replay ended after {Human.Count(sent)} of {Human.Count(trace.Count)} packets: {Why(traffic, options, stopCause)}.";
        if (trace.Damage is string damage)
        {
            string cut = $"The capture ends early, after packet {Human.Count(trace.Count)}: {damage}.";
            reason = reason is null ? cut : $"{reason} {cut}";
        }

        return new RunReplay { Packets = trace.Count, Sent = sent, Whole = reason is null, Reason = reason };
    }

    private static string Why(TrafficGenerator traffic, RunOptions options, string stopCause) =>
        stopCause.Length > 0 ? stopCause.TrimEnd('.')
        : traffic.Problem is string problem ? problem.TrimEnd('.')
        : traffic.IsTimeUp ? $"--duration {CaptureNotes.Time(options.Duration!.Value.TotalNanoseconds)} is over"
        : "the guest had ended";
}
