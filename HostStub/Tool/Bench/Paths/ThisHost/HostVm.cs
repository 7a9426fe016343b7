using System.ComponentModel;
using System.Diagnostics;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Placement;

namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>A VM of stock QEMU with one vCPU on the measured pCPU, whose first process is guestprobe; it ends with that.</summary>
/// <param name="options">What it is made of.</param>
/// <param name="folder">For its files; nobody else's.</param>
/// <param name="cpu">The pCPU.</param>
internal sealed class HostVm(ThisHostOptions options, string folder, int cpu)
{
    private const string Release = "/proc/sys/kernel/osrelease";
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5), s_pinning = TimeSpan.FromSeconds(20);

    /// <summary>Runs it to its end.</summary>
    /// <param name="socket">Of its page.</param>
    /// <param name="arguments">Of guestprobe, none with a blank.</param>
    /// <returns>What it printed.</returns>
    /// <exception cref="GuestSetupException">QEMU does not start or does not end.</exception>
    public string Run(string socket, params string[] arguments)
    {
        string archive = Path.Combine(folder, "initramfs"), console = Path.Combine(folder, "console");
        if (!File.Exists(archive))
        {
            using FileStream file = File.Create(archive);
            GuestArchive.Write(file, File.ReadAllBytes(options.Probe));
        }

        File.Delete(console);
        using Process qemu = Start(
        [
            "-name", "paths,debug-threads=on", "-accel", "kvm", "-cpu", "host", "-smp", "1", "-m", "256", "-display", "none", "-nodefaults", "-no-user-config", "-no-reboot",
            "-kernel", options.Kernel ?? $"/boot/vmlinuz-{File.ReadAllText(Release).Trim()}", "-initrd", archive,
            "-append", $"console=ttyS0 quiet panic=-1 rdinit=/init -- {string.Join(' ', arguments)}", "-serial", $"file:{console}",
            "-chardev", $"socket,path={socket},id=page", "-device", "ivshmem-doorbell,chardev=page,vectors=1",
        ]);
        Task<string> errors = qemu.StandardError.ReadToEndAsync();
        try
        {
            Pin(qemu);
            if (!qemu.WaitForExit(s_limit))
            {
                throw new GuestSetupException($"The VM did not end within {s_limit.TotalMinutes} min. Its console: {Tail(console)}");
            }
        }
        finally
        {
            if (!qemu.HasExited)
            {
                qemu.Kill();
                qemu.WaitForExit();
            }
        }

        return qemu.ExitCode == 0 ? File.ReadAllText(console) : throw new GuestSetupException($"QEMU failed: {errors.Result.Trim()}");
    }

    private static string Tail(string console) => File.Exists(console) ? string.Join('\n', File.ReadLines(console).TakeLast(5)) : "";

    private Process Start(string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(options.Qemu, arguments) { RedirectStandardError = true, RedirectStandardInput = true })!;
        }
        catch (Win32Exception e)
        {
            throw new GuestSetupException($"{options.Qemu} could not be started: {e.Message}. Install QEMU for x86-64, or name it by --qemu.", e);
        }
    }

    private void Pin(Process qemu)
    {
        VcpuThreads threads = new();
        string problem = "it ended";
        for (Stopwatch waited = Stopwatch.StartNew(); waited.Elapsed < s_pinning && !qemu.HasExited; Thread.Sleep(10))
        {
            if (threads.Find(qemu.Id, 0, out problem) is int thread)
            {
                ThreadPlacement.Pin(cpu, thread);
                return;
            }
        }

        if (!qemu.HasExited)
        {
            throw new GuestSetupException($"The VM's vCPU cannot be pinned: {problem}");
        }
    }
}
