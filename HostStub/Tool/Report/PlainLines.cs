using System.Globalization;
using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Report;

/// <summary>One line a second in stable columns, for output that is no terminal. Guest lines go to the error output.</summary>
internal sealed class PlainLines(TextWriter output, TextWriter error) : IReport
{
    private const int HeadingEvery = 20;
    private int _lines;

    /// <inheritdoc/>
    public void Show(ReportLine line)
    {
        switch (line)
        {
            case RunHeader header:
                HeaderText.Write(output, header);
                break;
            case RunSnapshot snapshot:
                Row(snapshot);
                break;
            case RunChange change:
                Change(change);
                break;
            case RunSummary summary:
                SummaryText.Write(output, summary);
                break;
        }

        output.Flush();
    }

    /// <inheritdoc/>
    public void GuestLine(string line) => error.WriteLine($"guest: {SafeText.Line(line)}");

    /// <summary>Tells of the report itself.</summary>
    public void Notice(string text) => error.WriteLine($"hoststub: {SafeText.Line(text)}");

    private void Change(RunChange change) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{change.ElapsedS,10:0.000000} s  {SafeText.Line(change.Why ?? $"P{change.From} -> P{change.To}: the guest does not say why")}; in effect at backlog {change.Backlog}{(change.LatencyUs is double us ? $", {us:0.#} us later" : "")}"));

    private static string Column(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";

    private void Row(RunSnapshot snapshot)
    {
        if (_lines++ % HeadingEvery == 0)
        {
            output.WriteLine($"{"s",6} {"offered",9} {"forwarded",9} {"ring_full",9} {"backlog",7} {"P-state",7} {"MHz",5} {"calls/s",8} {"round_trip",10} {"cpu",5} {"asleep",6} {"wakes/s",7} {"late",5} {"saved",7}");
            output.WriteLine($"{"",6} {"Mpps",9} {"Mpps",9} {"packets",9} {"packets",7} {"",7} {"",5} {"",8} {"ns",10} {"%",5} {"%",6} {"",7} {"us",5} {"%",7}");
        }

        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{snapshot.ElapsedS,6:0.0} {snapshot.OfferedMpps,9:0.000} {snapshot.ForwardedMpps,9:0.000} {snapshot.RingFull,9} {snapshot.Backlog,7} {snapshot.PState,7} {snapshot.Mhz,5:0} {snapshot.CallsPerS,8:0} {Column(snapshot.RoundTripNs.P50, "0"),10} {Column(snapshot.Lcore?.CpuPercent, "0.0"),5} {Column(snapshot.Lcore?.AsleepPercent, "0.0"),6} {Column(snapshot.Lcore?.WakeUpsPerS, "0"),7} {Column(snapshot.Lcore?.LateUs.P50, "0.0"),5} {Column(snapshot.EnergySavedPercent, "0.0"),7}");
        output.WriteLine(line);
    }
}
