using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PollScale.Lab.Image;

namespace PollScale.Lab.Machine;

/// <summary>One QEMU: TCG with AMD's SVM. The console goes to a file; the agent's serial port is its standard input and output.</summary>
internal sealed class Qemu : IDisposable
{
    private const int MemoryMiB = 2048;
    private const string Again = "again";
    private static readonly TimeSpan s_repetition = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(2);
    private readonly BlockingCollection<string> _lines = [];
    private readonly Process _process;
    private readonly string _errors;
    private readonly QemuDevices? _devices;
    private string _asked = Again;

    /// <summary>Starts it.</summary>
    /// <param name="kind">The machine.</param>
    /// <param name="kernel">Its kernel.</param>
    /// <param name="initramfs">Its initramfs.</param>
    /// <param name="disks">Its disks, shared read-only.</param>
    /// <param name="log">File for the console.</param>
    /// <param name="life">Longest life; it ends then even when this process is gone.</param>
    /// <exception cref="LabException">QEMU cannot be started.</exception>
    public Qemu(MachineKind kind, KernelTree kernel, string initramfs, IReadOnlyList<string> disks, string log, TimeSpan life)
    {
        Log = log;
        _errors = log + ".qemu";
        _devices = kind.HasDevices ? new QemuDevices(kind.Cpus) : null;
        List<string> arguments =
        [
            "--kill-after=5", life.TotalSeconds.ToString("f0", CultureInfo.InvariantCulture), "env", .. Emulator.Command,
            "-accel", kind.CountsInstructions ? "tcg,thread=single" : "tcg,thread=multi",
            "-cpu", kind.Cpu, "-m", $"{MemoryMiB}", "-smp", $"{kind.Cpus}",
            "-display", "none", "-no-reboot", "-nodefaults", "-serial", $"file:{log}", "-serial", "stdio",
            "-kernel", kernel.Vmlinuz, "-initrd", initramfs, "-append", "console=ttyS0 panic=1 quiet maxcpus=1" + (kind.CountsInstructions ? " nokaslr norandmaps lab.counts" : "") + (kind.HasDevices ? " lab.devices" : "") + (kind.HasLinuxGuests ? " lab.linux" : ""),
            .. disks.SelectMany((disk, n) => (string[])["-drive", $"file={disk},if=none,id=disk{n},format=raw,readonly=on", "-device", $"virtio-blk-pci,drive=disk{n}"]),
            .. _devices?.Arguments ?? [],

            // Addresses, dates and random numbers change the path of a few instructions: a machine that counts has the same every time.
            .. kind.CountsInstructions ? ["-icount", "shift=0,sleep=off", "-seed", "1", "-rtc", "base=2026-01-01T00:00:00,clock=vm"] : Array.Empty<string>(),
        ];
        try
        {
            _process = Process.Start(new ProcessStartInfo("timeout", arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception e)
        {
            throw new LabException($"QEMU could not be started: {e.Message}. ./test installs qemu-system-x86.");
        }

        _process.OutputDataReceived += (_, e) => Received(e.Data);
        _process.ErrorDataReceived += (_, e) => File.AppendAllText(_errors, e.Data + "\n");
        File.WriteAllText(_errors, "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The console's file.</summary>
    public string Log { get; }

    /// <summary>The devices beyond those of every machine.</summary>
    /// <exception cref="InvalidOperationException">This kind of machine has none.</exception>
    public QemuDevices Devices => _devices ?? throw new InvalidOperationException("This machine has no such devices.");

    /// <summary>Sends the agent a job: "ID SECONDS SHA256 BASE64".</summary>
    public void Ask(string line)
    {
        _asked = line;
        Send(line);
    }

    /// <summary>SHA-256 of a text, as the agent computes it.</summary>
    public static string Checksum(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private void Send(string line)
    {
        try
        {
            _process.StandardInput.Write(line + "\n");
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It is gone; so will be the answer.
        }
    }

    /// <summary>The agent's answer; where none comes, or one that is garbled, it is asked again, for each line of a serial port may be lost.</summary>
    /// <param name="begins">What the answer begins with.</param>
    /// <param name="limit">Longest wait.</param>
    /// <exception cref="LabException">None came, or the machine ended.</exception>
    public string Receive(string begins, TimeSpan limit)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (waited.Elapsed < limit)
        {
            TimeSpan left = limit - waited.Elapsed;
            string? line = Line(left < s_repetition ? left : s_repetition);
            if (line is null)
            {
                // Where no job was asked for nothing is to disturb the machine.
                if (_asked != Again)
                {
                    Send(Again);
                }

                continue;
            }

            int blank = line.IndexOf(' ', StringComparison.Ordinal);
            string answer = line[(blank + 1)..];
            if (blank <= 0 || line[..blank] != Checksum(answer))
            {
                Send(Again);
            }
            else if (answer.StartsWith(begins, StringComparison.Ordinal))
            {
                return answer;
            }
            else
            {
                Send(_asked); // it answered what was asked before, or says that this came garbled
            }
        }

        throw new LabException($"The machine did not answer within {limit.TotalSeconds:f0} s. {Tail()}");
    }

    private string? Line(TimeSpan limit) => _lines.TryTake(out string? line, limit) ? line : _lines.IsCompleted ? throw new LabException($"QEMU ended{Status()}. {Tail()}") : null;

    // With -no-reboot a triple fault of its CPU ends it with status 0 and without a word.
    private string Status() => _process.WaitForExit(s_lastWords) ? $" with status {_process.ExitCode}" : "";


    /// <summary>The end of the console, and what QEMU itself said.</summary>
    public string Tail()
    {
        const int Lines = 40;
        string[] console = File.Exists(Log) ? File.ReadAllLines(Log) : [];
        string[] errors = [.. File.ReadAllLines(_errors).Where(l => l.Length > 0 && !l.Contains("TCG doesn't support requested feature", StringComparison.Ordinal))];
        return $"The console's end ({Log}):\n{string.Join('\n', console.TakeLast(Lines).Concat(errors.TakeLast(10)))}";
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        _devices?.Dispose();
    }

    private void Received(string? line)
    {
        if (line is null)
        {
            _lines.CompleteAdding();
        }
        else if (line.Length > 0)
        {
            _lines.Add(line);
        }
    }
}
