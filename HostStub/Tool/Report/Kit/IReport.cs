namespace PollScale.HostStub.Report.Kit;

/// <summary>Shows what a command does and what came of it. Lines come from one thread at a time, the summary last; a guest's own lines from any, at any time.</summary>
internal interface IReport : IDisposable
{
    /// <summary>Time between two samples of what goes on.</summary>
    TimeSpan Interval => TimeSpan.FromSeconds(1);

    /// <summary>True where the present state stands in sight all the time, so that changes of it need no notice.</summary>
    bool IsLive => false;

    /// <summary>Shows a line; one that has no place in this report is left out.</summary>
    void Show(ReportLine line);

    /// <summary>The guest printed a line.</summary>
    void GuestLine(string line)
    {
    }

    /// <summary>Nothing more comes.</summary>
    void IDisposable.Dispose()
    {
    }
}
