using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Xunit;

namespace PollScale.C.Tests.Dpdk;

/// <summary>A DPDK program that runs, told what to do on its standard input, and looked at through DPDK's telemetry.</summary>
internal sealed class DpdkProgram : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private readonly StringBuilder _output = new();
    private readonly string _runtime = Directory.CreateTempSubdirectory("pollscale-dpdk-").FullName;
    private readonly string _prefix = $"pollscale-{Guid.NewGuid():n}";
    private readonly Process _process;

    /// <summary>Starts it with the plugin.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="settings">POLLSCALE_SETTINGS.</param>
    /// <param name="eal">EAL's options: lcores and devices.</param>
    /// <param name="own">The program's own.</param>
    /// <param name="plugin">Another place of the plugin.</param>
    public DpdkProgram(string program, string settings, string eal, string own, string? plugin = null)
    {
        ProcessStartInfo start = new(program, [.. $"--file-prefix={_prefix} --no-huge --no-pci -m 64 --log-level=pollscale:debug -d {plugin ?? DpdkPlugin.Path} {eal} {own}".Split(' ', StringSplitOptions.RemoveEmptyEntries)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["POLLSCALE_SETTINGS"] = settings;
        start.Environment["XDG_RUNTIME_DIR"] = _runtime;
        start.Environment.Remove("LD_LIBRARY_PATH");
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Take;
        _process.ErrorDataReceived += Take;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it wrote so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Lines of the plugin, without what a prompt may have put before.</summary>
    public string[] Told => [.. Output.Split('\n').Where(line => line.Contains("pollscale: ", StringComparison.Ordinal)).Select(line => line[(line.IndexOf("pollscale: ", StringComparison.Ordinal) + "pollscale: ".Length)..])];

    /// <summary>Writes lines to it.</summary>
    public void Say(params string[] lines)
    {
        foreach (string line in lines)
        {
            _process.StandardInput.WriteLine(line);
        }

        _process.StandardInput.Flush();
    }

    /// <summary>Asks its telemetry; null until it answers.</summary>
    public JsonElement? Ask(string command) => Telemetry.Ask([Path.Combine("/var/run/dpdk", _prefix), Path.Combine(_runtime, "dpdk", _prefix)], command);

    /// <summary>One lcore as telemetry has it; null where it has it not.</summary>
    public JsonElement? Lcore(string name) => Ask("/pollscale/lcores") is { ValueKind: JsonValueKind.Object } all && all.TryGetProperty(name, out JsonElement one) ? one : null;

    /// <summary>Waits until an lcore is as wanted.</summary>
    public JsonElement Await(string name, string what, Func<JsonElement, bool> wanted)
    {
        JsonElement? last = null;
        Await(() => $"{name} is not {what}: {last}", () => (last = Lcore(name)) is JsonElement lcore && wanted(lcore));
        return last!.Value;
    }

    /// <summary>Waits until an lcore is scaled with these queues, named in any order.</summary>
    public JsonElement AwaitScaled(string name, string queues) =>
        Await(name, $"scaled with {queues}", lcore => lcore.GetProperty("state").GetString() == "scaled" && lcore.TryGetProperty("told_queues", out JsonElement told) && told.GetInt32() == queues.Split(' ').Length
            && queues.Split(' ').Order().SequenceEqual(lcore.GetProperty("queues").GetString()!.Split(' ').Order()));

    /// <summary>Waits for a line of the plugin.</summary>
    public void AwaitTold(string words) => Await(() => $"it did not say '{words}'", () => Told.Any(line => line.Contains(words, StringComparison.Ordinal)));

    /// <summary>Waits for the program to end.</summary>
    /// <returns>Its status.</returns>
    public int End(params string[] lines)
    {
        Say(lines);
        Assert.True(_process.WaitForExit(s_patience), $"it does not end:\n{Output}");
        _process.WaitForExit();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        Directory.Delete(_runtime, recursive: true);
        if (Directory.Exists(Path.Combine("/var/run/dpdk", _prefix)))
        {
            Directory.Delete(Path.Combine("/var/run/dpdk", _prefix), recursive: true);
        }
    }

    private void Await(Func<string> failure, Func<bool> done)
    {
        long end = Environment.TickCount64 + (long)s_patience.TotalMilliseconds;
        while (!done())
        {
            Assert.False(_process.HasExited, $"It ended with {(_process.HasExited ? _process.ExitCode : 0)}; {failure()}\n{Output}");
            Assert.True(Environment.TickCount64 < end, $"{failure()}\n{Output}");
            Thread.Sleep(50);
        }
    }

    private void Take(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.Append(line.Data).Append('\n');
        }
    }
}
