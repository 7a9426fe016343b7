namespace PollScale.HostStub.Daemon.Reports;

/// <summary>Shows a serving daemon. Called by one thread.</summary>
internal interface IServeReport : IDisposable
{
    /// <summary>Time between samples.</summary>
    TimeSpan Interval { get; }

    /// <summary>Start, a sample, a reload, or the end.</summary>
    void Show(ServeEvent what);
}
