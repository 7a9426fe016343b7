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
    private const string Resend = "{\"resend\":true}";
    private static readonly TimeSpan s_repetition = TimeSpan.FromSeconds(20);
    private readonly BlockingCollection<string> _lines = [];
    private readonly Process _process;
    private readonly string _errors;
    private readonly QemuDevices? _devices;
    private string _asked = "again";

    /// <summary>Starts it.</summary>
    /// <param name="kind">The machine.</param>
    /// <param name="kernel">Its kernel.</param>
    /// <param name="initramfs">Its initramfs.</param>
    /// <param name="disk">Its disk, shared read-only.</param>
    /// <param name="log">File for the console.</param>
    /// <param name="life">Longest life; it ends then even when this process is gone.</param>
    /// <exception cref="LabException">QEMU cannot be started.</exception>
    public Qemu(MachineKind kind, KernelTree kernel, string initramfs, string disk, string log, TimeSpan life)
    {
        Log = log;
        _errors = log + ".qemu";
        _devices = kind.HasDevices ? new QemuDevices(kind.Cpus) : null;
        List<string> arguments =
        [
            "--kill-after=5", life.TotalSeconds.ToString("f0", CultureInfo.InvariantCulture), "qemu-system-x86_64",
            "-accel", kind.CountsInstructions ? "tcg,thread=single" : "tcg,thread=multi",
            "-cpu", kind.Cpu, "-m", $"{MemoryMiB}", "-smp", $"{kind.Cpus}",
            "-display", "none", "-no-reboot", "-nodefaults", "-serial", $"file:{log}", "-serial", "stdio",
            "-kernel", kernel.Vmlinuz, "-initrd", initramfs, "-append", "console=ttyS0 panic=1 quiet maxcpus=1" + (kind.CountsInstructions ? " nokaslr norandmaps" : "") + (kind.HasDevices ? " lab.devices" : ""),
            "-drive", $"file={disk},if=none,id=disk,format=raw,readonly=on", "-device", "virtio-blk-pci,drive=disk",
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

    /// <summary>The agent's next answer; one that came garbled is asked for again, and so is a job that reached the agent garbled.</summary>
    /// <exception cref="LabException">None came, or the machine ended.</exception>
    public string Receive(TimeSpan limit)
    {
        const int Tries = 4;
        bool answered = false;
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            string line = Line(answered ? s_repetition : limit);
            int blank = line.IndexOf(' ', StringComparison.Ordinal);
            string answer = line[(blank + 1)..];
            bool whole = blank > 0 && line[..blank] == Checksum(answer);
            if (whole && answer != Resend)
            {
                return answer;
            }

            // What was not understood is the question, or that the answer be repeated.
            answered |= !whole;
            Send(answered ? "again" : _asked);
        }

        throw new LabException($"The serial port garbled an answer {Tries} times. {Tail()}");
    }

    private string Line(TimeSpan limit)
    {
        try
        {
            return _lines.TryTake(out string? line, limit) ? line
                : throw new LabException($"{(_lines.IsCompleted ? "QEMU ended" : $"The machine did not answer within {limit.TotalSeconds:f0} s")}. {Tail()}");
        }
        catch (InvalidOperationException)
        {
            throw new LabException($"QEMU ended. {Tail()}");
        }
    }

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
