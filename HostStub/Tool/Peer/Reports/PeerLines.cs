using System.Globalization;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using PollScale.Telemetry;

namespace PollScale.HostStub.Peer.Reports;

/// <summary>A run against a memif peer for people: one line a second, and the summary.</summary>
internal sealed class PeerLines(TextWriter output) : IReport
{
    private const int HeadingEvery = 20;
    private int _lines;

    /// <inheritdoc/>
    public void Show(ReportLine line)
    {
        switch (line)
        {
            case PeerHeader header:
                string cpu = header.Cpu is int number ? $" on CPU {number}" : "";
                output.WriteLine($"memif {header.Role} at {SafeText.Line(header.Socket)}, id {header.Id}; traffic {SafeText.Line(header.Traffic)}{cpu}, frames of {header.FrameSize} for {Human.Round(header.DurationS)} s");
                break;
            case PeerSnapshot snapshot:
                Row(snapshot);
                break;
            case PeerSummary summary:
                Sum(summary);
                break;
        }

        output.Flush();
    }

    private void Row(PeerSnapshot s)
    {
        if (_lines++ % HeadingEvery == 0)
        {
            output.WriteLine($"{"s",6} {"offered",9} {"forwarded",9} {"ring_full",9} {"no_link",9} {"away",9} {"late",7} {"twice",7} {"delay p50",9} {"p99",9}");
            output.WriteLine($"{"",6} {"Mpps",9} {"Mpps",9} {"packets",9} {"packets",9} {"packets",9} {"packets",7} {"packets",7} {"us",9} {"us",9}");
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{s.ElapsedS,6:0.0} {s.OfferedMpps,9:0.000} {s.ForwardedMpps,9:0.000} {s.RingFull,9} {s.NoLink,9} {s.NotReturned,9} {s.OutOfOrder,7} {s.Duplicated,7} {Column(s.DelayUs.P50),9} {Column(s.DelayUs.P99),9}{(s.Linked ? "" : "  no link")}"));
    }

    private void Sum(PeerSummary s)
    {
        Percentiles delay = s.DelayUs;
        output.WriteLine();
        output.WriteLine($"Packets   offered {Human.Count(s.Offered)}   forwarded in order {Human.Count(s.Forwarded)}   out of order {Human.Count(s.OutOfOrder)}   lost {Human.Count(s.Lost)}   in {Human.Round(s.DurationS)} s; {SafeText.Line(s.Cause)}");
        if (s.Lost > 0)
        {
            output.WriteLine($"          by cause: {string.Join(", ", s.Dropped.Where(d => d.Value > 0).Select(d => $"{d.Key} {Human.Count(d.Value)}"))}");
        }

        if (s.Duplicated > 0 || s.Unstamped > 0 || s.Invalid > 0)
        {
            output.WriteLine($"          beside them: twice {Human.Count(s.Duplicated)}, without a stamp {Human.Count(s.Unstamped)}, invalid {Human.Count(s.Invalid)}");
        }

        output.WriteLine($"Delay     p50 {Human.Microseconds(delay.P50)}   p99 {Human.Microseconds(delay.P99)}   p99.9 {Human.Microseconds(delay.P999)}   max {Human.Microseconds(delay.Max)}");
        output.WriteLine($"Links     {Human.Count(s.Links)} made, {Human.Count(s.LinksLost)} lost");
        if (s.GeneratorStalls > 0)
        {
            output.WriteLine($"Traffic   the generator was held up {Human.Count(s.GeneratorStalls)} times, {Human.Round(s.GeneratorStalledMs)} ms in all; its schedule moved by as much");
        }
    }

    private static string Column(double? value) => value?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-";
}
