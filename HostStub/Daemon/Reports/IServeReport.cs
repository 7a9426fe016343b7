namespace PollScale.HostStub.Daemon.Reports;

/// <summary>Shows a serving daemon. Called by one thread.</summary>
internal interface IServeReport : IDisposable
{
    /// <summary>Time between samples.</summary>
    TimeSpan Interval { get; }

    /// <summary>True when it wants a notice for each channel that comes, goes or has another problem; false when it shows them all the time.</summary>
    bool TellsStates { get; }

    /// <summary>Start, a sample, a reload, or the end.</summary>
    void Show(ServeEvent what);
}
