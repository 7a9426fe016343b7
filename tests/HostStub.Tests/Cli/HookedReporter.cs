using PollScale.HostStub.Report;

namespace PollScale.HostStub.Tests.Cli;

/// <summary>Passes everything on, and calls back at the first sample.</summary>
internal sealed class HookedReporter(IRunReporter inner, Action? onFirstSample) : IRunReporter
{
    private Action? _onFirstSample = onFirstSample;

    public TimeSpan Interval => TimeSpan.FromMilliseconds(100);

    public void Begin(RunHeader header) => inner.Begin(header);

    public void Sample(RunSnapshot snapshot)
    {
        inner.Sample(snapshot);
        Interlocked.Exchange(ref _onFirstSample, null)?.Invoke();
    }

    public void GuestLine(string line) => inner.GuestLine(line);

    public void End(RunSummary summary) => inner.End(summary);
}
