using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using PollScale.GuestChannel;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Placement;

namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>A VM of stock QEMU with one vCPU on the measured pCPU, whose first process is guestprobe; it ends with that, or is ended.</summary>
/// <param name="options">What it is made of.</param>
/// <param name="folder">For its files; nobody else's.</param>
/// <param name="cpu">The pCPU.</param>
/// <param name="interrupt">Ends it.</param>
internal sealed class HostVm(ThisHostOptions options, string folder, int cpu, Interrupt interrupt)
{
    /// <summary>What guestprobe says first.</summary>
    public const string Up = "guestprobe: the VM is up";

    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(60), s_burst = TimeSpan.FromMilliseconds(250), s_end = TimeSpan.FromSeconds(2), s_look = TimeSpan.FromMilliseconds(10);

    /// <summary>How long it may take to come up.</summary>
    public TimeSpan BootLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Runs it to its end.</summary>
    /// <param name="device">What it has for its path.</param>
    /// <param name="socket">Of its page or port.</param>
    /// <param name="told">Told each line of its console as it comes, and without one every now and then.</param>
    /// <param name="last">How the last line of guestprobe begins: what comes of the VM behind it is no matter.</param>
    /// <param name="arguments">Of guestprobe; one with a blank in quotes.</param>
    /// <exception cref="GuestSetupException">QEMU cannot be started, or what it is made of is wanting.</exception>
    /// <exception cref="OperationCanceledException">The end was asked for.</exception>
    public VmOutcome Run(PathDevice device, string socket, Action<string?> told, string last, params string[] arguments)
    {
        string archive = Path.Combine(folder, "initramfs"), file = Path.Combine(folder, "console");
        using (FileStream made = File.Create(archive))
        {
            GuestArchive.Write(made, File.ReadAllBytes(options.Probe), device == PathDevice.Port ? GuestDrivers.Of(options.Image, options.Modules).Files("virtio_pci", "virtio_console") : []);
        }

        File.Delete(file);
        VmConsole console = new(file);
        using Process qemu = Start(
        [
            "-name", "paths,debug-threads=on", "-accel", "kvm", "-cpu", "host", "-smp", "1", "-m", "256", "-display", "none", "-nodefaults", "-no-user-config", "-no-reboot",
            "-kernel", options.Image, "-initrd", archive,
            "-append", $"console=ttyS0 quiet panic=-1 rdinit=/init -- {string.Join(' ', arguments)}", "-serial", $"file:{file}",
            .. Device(device, socket),
        ]);
        Task<string> errors = qemu.StandardError.ReadToEndAsync();
        try
        {
            string? problem = Watch(qemu, console, told, last);
            problem ??= !qemu.HasExited || qemu.ExitCode == 0 || Has(console, last) ? null : $"QEMU failed with status {qemu.ExitCode}: {Report.SafeText.Line(errors.Result.Trim())}";
            return new VmOutcome(Has(console, Up), problem, console);
        }
        finally
        {
            if (!qemu.HasExited)
            {
                qemu.Kill(entireProcessTree: true);
                qemu.WaitForExit();
            }
        }
    }

    private static bool Has(VmConsole console, string begin) => console.Lines.Any(line => line.StartsWith(begin, StringComparison.Ordinal));

    private static string[] Device(PathDevice device, string socket) => device == PathDevice.Page
        ? ["-chardev", $"socket,path={socket},id=page", "-device", "ivshmem-doorbell,chardev=page,vectors=1"]
        :
        [
            "-device", "virtio-serial-pci", "-chardev", $"socket,path={socket},server=on,wait=off,id=port",
            "-device", $"virtserialport,chardev=port,name={GuestChannelAbi.PortPrefix}0",
        ];

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

    // Why it has to be ended; null where it ended, or has done all.
    private string? Watch(Process qemu, VmConsole console, Action<string?> told, string last)
    {
        VcpuThreads threads = new();
        bool pinned = false, up = false, done = false;
        string problem = "";
        TimeSpan limit = BootLimit;
        for (Stopwatch waited = Stopwatch.StartNew(); !qemu.WaitForExit(s_look); told(null))
        {
            if (interrupt.Count > 0)
            {
                throw new OperationCanceledException();
            }

            if (!pinned && threads.Find(qemu.Id, 0, out problem) is int thread)
            {
                ThreadPlacement.Pin(cpu, thread);
                pinned = true;
            }

            foreach (string line in console.Read())
            {
                told(line);
            }

            if (!up && Has(console, Up))
            {
                up = true;
                limit = waited.Elapsed + s_rest + (options.Bursts * s_burst);
            }

            if (!done && Has(console, last))
            {
                done = true;
                limit = waited.Elapsed + s_end;
            }

            if (done && waited.Elapsed > limit)
            {
                return null;
            }

            string? why = up && !pinned ? $"the VM's vCPU could not be pinned: {problem}"
                : console.IsTooLong ? "the VM wrote its console full"
                : waited.Elapsed > limit ? string.Create(CultureInfo.InvariantCulture, $"the VM {(up ? "did not end" : "did not come up")} within {limit.TotalSeconds:f0} s")
                : null;
            if (why is not null)
            {
                return $"{why}; {console.Tail}";
            }
        }

        foreach (string line in console.Read())
        {
            told(line);
        }

        return null;
    }
}
