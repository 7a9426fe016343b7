using PollScale.HostStub.Report;

namespace PollScale.HostStub.Tests.Hostile;

/// <summary>Throws at the first line that the guest prints, on the thread that brings it.</summary>
internal sealed class ThrowingReporter : IRunReporter
{
    public TimeSpan Interval => TimeSpan.FromSeconds(1);

    public void Begin(RunHeader header)
    {
    }

    public void Sample(RunSnapshot snapshot)
    {
    }

    public void GuestLine(string line) => throw new IOException("injected");

    public void End(RunSummary summary)
    {
    }
}
