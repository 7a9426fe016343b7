using System.Diagnostics;
using System.Text.Json;
using PollScale.Native;
using Xunit;

namespace PollScale.HostStub.Tests.Daemon;

/// <summary>`hoststub serve --json` as a program of its own.</summary>
internal sealed class ServeProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private readonly Task<string> _error;

    public ServeProcess(params string[] arguments)
    {
        _process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "hoststub"), ["serve", "--json", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _error = _process.StandardError.ReadToEndAsync();
        Start = Next("start");
    }

    /// <summary>The line that it began with.</summary>
    public JsonElement Start { get; }

    /// <summary>The next line of an event.</summary>
    public JsonElement Next(string kind)
    {
        Stopwatch time = Stopwatch.StartNew();
        while (_process.StandardOutput.ReadLine() is string line)
        {
            JsonElement element = JsonDocument.Parse(line).RootElement;
            if (element.GetProperty("event").GetString() == kind)
            {
                return element;
            }

            Assert.True(time.Elapsed < s_patience, $"hoststub says nothing of \"{kind}\"; last: {line}");
        }

        throw new InvalidOperationException($"hoststub ended without \"{kind}\": {_error.Result}");
    }

    /// <summary>Sends a signal.</summary>
    public void Signal(int signal) => Assert.Equal(0, LibC.kill(_process.Id, signal));

    /// <summary>Sends SIGHUP.</summary>
    /// <returns>What the reload came to.</returns>
    public string Reload()
    {
        Signal(1);
        return Next("reload").GetProperty("message").GetString()!;
    }

    /// <summary>Ends it by SIGTERM.</summary>
    /// <returns>Its first channel as it was at the end.</returns>
    public JsonElement End()
    {
        Signal(LibC.SIGTERM);
        JsonElement end = Next("end");
        Assert.True(_process.WaitForExit(s_patience), "hoststub does not end.");
        Assert.Equal((0, ""), (_process.ExitCode, _error.Result));
        return end.GetProperty("channels")[0];
    }

    /// <summary>Ends it by SIGKILL.</summary>
    public void Kill()
    {
        _process.Kill();
        Assert.True(_process.WaitForExit(s_patience), "hoststub outlives SIGKILL.");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
