using System.Globalization;
using PollScale.HostStub.Channels.Acpi;
using PollScale.HostStub.Policy.Configuration;

namespace PollScale.HostStub.Guests;

/// <summary>What to add to QEMU's command line.</summary>
/// <param name="options">What was asked.</param>
internal sealed class QemuParts(GuestOptions options)
{
    private const string Place = "arguments";
    private readonly GuestPolicy _guest = options.Guest;

    /// <summary>The parts, in the order of the command line.</summary>
    public IEnumerable<GuestPart> All() => [.. Process(), .. Shmem(), .. Channels(), .. Acpi(), .. Pinning()];

    private IEnumerable<GuestPart> Process()
    {
        yield return Part("The guest's name, and names for its threads, by which hoststub finds a vCPU's.", ("-name", $"{ShellText.Value(_guest.Name)},debug-threads=on"));
        if (PidFile() is string file)
        {
            yield return Part("The policy's process: hoststub reads there which process to look at.", ("-pidfile", file));
        }
    }

    private IEnumerable<GuestPart> Shmem()
    {
        if (_guest.Shmem is ShmemPolicy shmem)
        {
            int vectors = VectorsOf(_guest);
            yield return Part(
                $"The page that it shares with this host. QEMU waits for hoststub serve at its start. The guest finds its vCPUs by their x2APIC ids: {string.Join(", ", _guest.Vcpus.Select(vcpu => string.Create(CultureInfo.InvariantCulture, $"vCPU {vcpu.Vcpu} has {vcpu.X2ApicId}")))} (-smp N,sockets=1 gives vCPU n id n; else say apic-id in the policy).",
                ("-chardev", $"socket,id=pollscale,path={ShellText.Value(shmem.Path)}"),
                ("-device", Text($"ivshmem-doorbell,chardev=pollscale,vectors={vectors},ioeventfd=on")));
        }
    }

    private IEnumerable<GuestPart> Channels()
    {
        VcpuPolicy[] vcpus = [.. _guest.Vcpus.Where(vcpu => vcpu.Channel is { IsGuestChannel: true })];
        if (vcpus.Length > 0)
        {
            yield return Part("Ports for guest channels; one such device does for all.", ("-device", "virtio-serial"));
        }

        foreach (VcpuPolicy vcpu in vcpus)
        {
            string ends = vcpu.Channel!.Mode == ChannelMode.Connect ? "server=on,wait=off" : "reconnect=1";
            yield return Part(
                Text($"The guest channel of vCPU {vcpu.Vcpu}."),
                ("-chardev", Text($"socket,id=pollscale-channel{vcpu.Vcpu},path={ShellText.Value(vcpu.Channel.Path)},{ends}")),
                ("-device", Text($"virtserialport,chardev=pollscale-channel{vcpu.Vcpu},name=virtio.serial.port.poweragent.{vcpu.Vcpu}")));
        }
    }

    private IEnumerable<GuestPart> Acpi()
    {
        IReadOnlyList<VcpuPolicy> vcpus = AcpiTableFile.Vcpus(_guest);
        if (vcpus.Count == 0)
        {
            yield break;
        }

        yield return AcpiTableNote(options) is string note
            ? new GuestPart(Place, note, [])
            : Part("P-states for the guest's own kernel. They are read when the VM starts.", ("-acpitable", $"file={ShellText.Value(Path.GetFullPath(options.AcpiTable!))}"));
        foreach (VcpuPolicy vcpu in vcpus)
        {
            yield return Part(
                Text($"The port into which the guest's kernel writes the P-state of vCPU {vcpu.Vcpu}. A byte that nobody reads is lost: let hoststub serve run first."),
                [.. AcpiArguments(vcpu)]);
        }
    }

    // QEMU has no option for it, and its threads are there only once it runs.
    private IEnumerable<GuestPart> Pinning()
    {
        string process = PidFile() is string file ? $"$(cat {ShellText.Word(file)})" : "PID";
        yield return new GuestPart(Place,
            $"When it runs, pin each vCPU's thread, which is named \"CPU n/KVM\" in /proc/{process}/task/*/comm: {string.Join("; ", _guest.Vcpus.Select(vcpu => string.Create(CultureInfo.InvariantCulture, $"taskset -pc {vcpu.Pcpu} THREAD for vCPU {vcpu.Vcpu}")))}.", []);
        if (_guest.Process is null)
        {
            yield return new GuestPart(Place, "The policy names no process, so nobody checks the pinning: say process: /run/FILE.pid for this guest there, and -pidfile /run/FILE.pid here.", []);
        }
    }

    /// <summary>The options of one debug port, for libvirt too.</summary>
    public static IEnumerable<(string Option, string Value)> AcpiArguments(VcpuPolicy vcpu)
    {
        yield return ("-chardev", Text($"socket,id=pollscale-acpi{vcpu.Vcpu},path={ShellText.Value(vcpu.Channel!.Path)},server=on,wait=off"));
        yield return ("-device", Text($"isa-debugcon,iobase=0x{ControlByte.Port(vcpu.Vcpu):x},chardev=pollscale-acpi{vcpu.Vcpu},readback=0x{ControlByte.Readback:x}"));
    }

    /// <summary>What is said where no table was asked for; null where one was.</summary>
    public static string? AcpiTableNote(GuestOptions options) => options.AcpiTable is null
        ? "The ACPI table is wanting, without which the guest's kernel has no P-states: give --acpi-table FILE, which writes it and adds it here."
        : null;

    /// <summary>Doorbells of a guest: one for each vCPU up to the highest.</summary>
    public static int VectorsOf(GuestPolicy guest) => guest.Vcpus.Max(vcpu => vcpu.Vcpu) + 1;

    private string? PidFile() => _guest.Process is ['/', ..] file ? file : null;

    private static GuestPart Part(string what, params ReadOnlySpan<(string Option, string Value)> arguments)
    {
        List<string> lines = [];
        foreach ((string option, string value) in arguments)
        {
            lines.Add($"{option} {ShellText.Word(value)}");
        }

        return new GuestPart(Place, what, lines);
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
