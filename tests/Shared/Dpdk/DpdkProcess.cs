using System.Diagnostics;
using System.Text;
using Xunit;

namespace PollScale.Tests.Shared.Dpdk;

/// <summary>A DPDK program that runs beside others of its kind, in folders of its own, told what to do on its standard input; until it is disposed.</summary>
internal class DpdkProcess : IDisposable
{
    /// <summary>Debian's test application.</summary>
    public const string TestpmdProgram = "/usr/bin/dpdk-testpmd";

    /// <summary>How long it may take to do what it was told.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // Where DPDK keeps what belongs to a run of root's.
    private const string RunOfRoot = "/var/run/dpdk";
    private readonly string _runtime = Directory.CreateTempSubdirectory("pollscale-dpdk-").FullName;
    private readonly string _prefix = $"pollscale-{Guid.NewGuid():n}";
    private readonly StringBuilder _output = new();
    private readonly Process _process;

    /// <summary>Starts it.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="options">EAL's options and, behind <c>--</c>, the program's own, without those that keep it apart.</param>
    /// <param name="environment">What it finds in its environment beside what is here.</param>
    protected DpdkProcess(string program, string options, params ReadOnlySpan<(string Name, string Value)> environment)
    {
        // Each line comes as it is written, not when the program's buffer is full.
        ProcessStartInfo start = new("stdbuf", ["-oL", program, .. $"--file-prefix={_prefix} --no-huge --no-pci {options}".Split(' ', StringSplitOptions.RemoveEmptyEntries)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["XDG_RUNTIME_DIR"] = _runtime;
        start.Environment.Remove("LD_LIBRARY_PATH");
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

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

    /// <summary>Its process.</summary>
    public int Id => _process.Id;

    /// <summary>It ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Where its sockets may be.</summary>
    protected string[] RuntimeFolders => [Path.Combine(RunOfRoot, _prefix), Path.Combine(_runtime, "dpdk", _prefix)];

    /// <summary>Writes lines to it.</summary>
    public void Say(params ReadOnlySpan<string> lines)
    {
        foreach (string line in lines)
        {
            _process.StandardInput.WriteLine(line);
        }

        _process.StandardInput.Flush();
    }

    /// <summary>Says the last lines, and waits for the program to end.</summary>
    /// <returns>Its status; all that it wrote is there then.</returns>
    public int End(params ReadOnlySpan<string> lines)
    {
        Say(lines);
        Assert.True(_process.WaitForExit(Patience), $"it does not end:\n{Output}");
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
        foreach (string folder in (string[])[_runtime, Path.Combine(RunOfRoot, _prefix)])
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    /// <summary>Waits until something is done, as long as the program runs.</summary>
    protected void Await(Func<string> failure, Func<bool> done)
    {
        long end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!done())
        {
            Assert.False(HasEnded, $"It ended with {(HasEnded ? _process.ExitCode : 0)}; {failure()}\n{Output}");
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
