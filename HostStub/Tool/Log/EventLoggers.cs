using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace PollScale.HostStub.Log;

/// <summary>Makes loggers whose events all go to one place.</summary>
/// <param name="sink">Takes each event, on the thread where it happened.</param>
internal sealed class EventLoggers(Action<LogEvent> sink) : ILoggerProvider
{
    private const string Template = "{OriginalFormat}";

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(sink);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class Logger(Action<LogEvent> sink) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            sink(new LogEvent(logLevel, eventId.Id, eventId.Name ?? "", formatter(state, exception), Fields(state)));

        private static Dictionary<string, string> Fields<TState>(TState state) => state is not IReadOnlyList<KeyValuePair<string, object?>> values ? []
            : values.Where(value => value.Key != Template).ToDictionary(
                value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.Key), value => Convert.ToString(value.Value, CultureInfo.InvariantCulture) ?? "");
    }
}
