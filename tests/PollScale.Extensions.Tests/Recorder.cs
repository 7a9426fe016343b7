using Microsoft.Extensions.Logging;

namespace PollScale.Extensions.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class Recorder : ILoggerProvider
{
    public List<(string Category, LogLevel Level, EventId Id, string Text)> Events { get; } = [];

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, this);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, Recorder recorder) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            recorder.Events.Add((category, logLevel, eventId, formatter(state, exception)));
    }
}
