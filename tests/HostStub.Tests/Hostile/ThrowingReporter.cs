using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Tests.Hostile;

/// <summary>Throws at the first line that the guest prints, on the thread that brings it.</summary>
internal sealed class ThrowingReporter : IReport
{
    public void Show(ReportLine line)
    {
    }

    public void GuestLine(string line) => throw new IOException("injected");
}
