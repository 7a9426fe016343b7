using System.Diagnostics;
using System.Text;
using Xunit;

namespace PollScale.Tests.Shared.Memif;

/// <summary>Debian's dpdk-testpmd with memif ports, until it is disposed.</summary>
internal sealed class Testpmd : IDisposable
{
    private const string Program = "/usr/bin/dpdk-testpmd";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private readonly string _runtime = Directory.CreateTempSubdirectory("pollscale-dpdk-").FullName;
    private readonly StringBuilder _output = new();
    private readonly Process _process;

    /// <param name="devices">EAL's <c>--vdev</c>s.</param>
    /// <param name="own">The program's own options.</param>
    public Testpmd(string devices, string own)
    {
        string prefix = $"pollscale-{Guid.NewGuid():n}";
        ProcessStartInfo start = new(Program, $"--file-prefix={prefix} --no-huge --no-pci --no-telemetry -m 256 -l 0,1 {devices} -- --total-num-mbufs=16384 --no-flush-rx {own}".Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
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

    /// <summary>It ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Skips the test where something is missing.</summary>
    public static void Require()
    {
        Assert.SkipUnless(File.Exists(Program), $"{Program} is missing: apt-get install dpdk-dev.");
        Assert.SkipUnless(Environment.ProcessorCount > 1, "DPDK's lcores are to be on CPUs 0 and 1, and this process has one CPU.");
    }

    /// <summary>A memif port's device.</summary>
    /// <param name="port">Its number.</param>
    /// <param name="role">server or client.</param>
    /// <param name="socket">Path.</param>
    /// <param name="more">More of the driver's settings, a comma before each.</param>
    public static string Port(int port, string role, string socket, string more = "") => $"--vdev=net_memif{port},role={role},socket={socket},socket-abstract=no{more}";

    /// <summary>Writes a line to it.</summary>
    public void Say(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Ends it as a user does, so that it prints its statistics.</summary>
    /// <param name="line">What is typed.</param>
    /// <returns>All that it wrote.</returns>
    public string Quit(string line)
    {
        Say(line);
        if (!_process.WaitForExit(s_patience))
        {
            _process.Kill();
        }

        _process.WaitForExit();
        return Output;
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
    }

    private void Take(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.Append(line.Data).Append('\n');
        }
    }
}
