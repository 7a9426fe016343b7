using Microsoft.Extensions.Logging;

namespace PollScale.HostStub.Log;

/// <summary>The log of a command: which events are told (<c>--log-level</c>), and loggers for wherever they go.</summary>
internal sealed class HostLog
{
    /// <summary>The least level that is told; <see cref="LogLevel.None"/> for nothing. Loggers take the one that holds when they are opened.</summary>
    public LogLevel Level { get; set; } = LogLevel.Information;

    /// <summary>Opens a logger.</summary>
    /// <param name="sink">Takes its events, on the thread where they happen.</param>
    public ILogger Open(Action<LogEvent> sink) =>
        new LoggerFactory([new EventLoggers(sink)], new LoggerFilterOptions { MinLevel = Level }).CreateLogger("hoststub");

    /// <summary>The events of one deed.</summary>
    public IReadOnlyList<LogEvent> Of(Action<ILogger> deed)
    {
        List<LogEvent> events = [];
        deed(Open(events.Add));
        return events;
    }
}
