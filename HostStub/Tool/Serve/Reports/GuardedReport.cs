using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Serve.Reports;

/// <summary>A report that cannot be written, for its disk is full or its reader gone, is told and left out: guests are served all the same.</summary>
/// <param name="inner">The report.</param>
/// <param name="tell">Told when writing begins to fail, and when it works again.</param>
internal sealed class GuardedReport(IReport inner, Action<string> tell) : IReport
{
    private bool _failing;

    /// <inheritdoc/>
    public TimeSpan Interval => inner.Interval;

    /// <inheritdoc/>
    public bool IsLive => inner.IsLive;

    /// <inheritdoc/>
    public void Show(ReportLine line)
    {
        string? problem = Try(() => inner.Show(line));
        if (problem is null == _failing)
        {
            _failing = problem is not null;
            _ = Try(() => tell(_failing ? $"The report cannot be written to standard output: {problem} Serving goes on without it." : "The report can be written again."));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Try(inner.Dispose);

    private static string? Try(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return e.Message.EndsWith('.') ? e.Message : $"{e.Message}.";
        }
    }
}
