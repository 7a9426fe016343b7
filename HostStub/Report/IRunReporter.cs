namespace PollScale.HostStub.Report;

/// <summary>Shows a run. Begin, samples and End come from one thread in this order; guest lines from any, at any time.</summary>
internal interface IRunReporter
{
    /// <summary>Time between samples.</summary>
    TimeSpan Interval { get; }

    /// <summary>The run begins.</summary>
    void Begin(RunHeader header);

    /// <summary>An interval has passed.</summary>
    void Sample(RunSnapshot snapshot);

    /// <summary>The guest printed a line.</summary>
    void GuestLine(string line);

    /// <summary>The run is over.</summary>
    void End(RunSummary summary);

    /// <summary>The run does not begin; nothing else is shown. Its cause goes to the error output in any case.</summary>
    void Refuse(RunError error)
    {
    }
}
