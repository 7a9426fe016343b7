using Microsoft.Extensions.Logging;

namespace PollScale.Tests.Shared.Control;

/// <summary>A logger whose events are their messages.</summary>
/// <param name="add">Takes each message, on the thread where it happened.</param>
internal sealed class LineLogger(Action<string> add) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        add(formatter(state, exception));
}
