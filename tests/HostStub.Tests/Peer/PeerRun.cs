using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Peer;

/// <summary>The program with <c>run --memif</c>, as a process of its own.</summary>
internal sealed class PeerRun : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Process _process;

    public PeerRun(string memif, params string[] arguments)
    {
        _process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "hoststub"), ["run", "--memif", memif, "--json", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.OutputDataReceived += (_, line) => Take(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Take(_error, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it said beside the report.</summary>
    public string Error => Text(_error);

    /// <summary>The lines of the report so far.</summary>
    public JsonElement[] Lines => [.. Text(_output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>Of the last line that has it; 0 before.</summary>
    public long Latest(string field) => Lines.LastOrDefault(line => line.TryGetProperty(field, out _)) is { ValueKind: JsonValueKind.Object } line ? line.GetProperty(field).GetInt64() : 0;

    /// <summary>Ends it by a signal.</summary>
    public void Signal(string name) => Assert.Equal(0, CCompiler.Run("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]).Status);

    /// <summary>Waits for its end.</summary>
    /// <returns>The summary.</returns>
    public JsonElement Finish(int exitCode)
    {
        Assert.True(_process.WaitForExit(s_patience), "it does not end");
        _process.WaitForExit();
        Assert.True(_process.ExitCode == exitCode, $"exit code {_process.ExitCode}, not {exitCode}\n{Text(_output)}\n{Error}");
        return Lines[^1];
    }

    /// <summary>Waits for something while it runs.</summary>
    public void Await(string what, Func<bool> done)
    {
        long end = Environment.TickCount64 + (long)s_patience.TotalMilliseconds;
        while (!done())
        {
            Assert.True(Environment.TickCount64 < end && !_process.HasExited, $"waited in vain for: {what}\n{Text(_output)}\n{Error}");
            Thread.Sleep(20);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static string Text(StringBuilder all)
    {
        lock (all)
        {
            return all.ToString();
        }
    }

    private static void Take(StringBuilder all, string? line)
    {
        lock (all)
        {
            all.Append(line).Append('\n');
        }
    }
}
