using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Tests.Run;

/// <summary>Passes everything on, and calls back at the first sample.</summary>
internal sealed class HookedReporter(IReport inner, Action? onFirstSample) : IReport
{
    private Action? _onFirstSample = onFirstSample;

    public TimeSpan Interval => TimeSpan.FromMilliseconds(100);

    public void Show(ReportLine line)
    {
        inner.Show(line);
        if (line is RunSnapshot)
        {
            Interlocked.Exchange(ref _onFirstSample, null)?.Invoke();
        }
    }

    public void GuestLine(string line) => inner.GuestLine(line);
}
