namespace PollScale.HostStub.Report;

/// <summary>Shows a run. Begin, samples and End come from one thread in this order; guest lines from any.</summary>
internal interface IRunReporter
{
    /// <summary>The run begins.</summary>
    void Begin(RunHeader header);

    /// <summary>An interval has passed.</summary>
    void Sample(RunSnapshot snapshot);

    /// <summary>The guest printed a line.</summary>
    void GuestLine(string line);

    /// <summary>The run is over.</summary>
    void End(RunSummary summary);
}
