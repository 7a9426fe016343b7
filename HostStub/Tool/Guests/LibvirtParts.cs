using System.Security;
using PollScale.HostStub.Policy.Configuration;

namespace PollScale.HostStub.Guests;

/// <summary>What to add to libvirt's domain XML.</summary>
/// <param name="options">What was asked.</param>
internal sealed class LibvirtParts(GuestOptions options)
{
    /// <summary>The places, in libvirt's order; "domain" is its own opening tag.</summary>
    public static IReadOnlyList<string> Places { get; } = [Domain, Vcpu, "cputune", "features", "devices", CommandLine];

    /// <summary>The domain itself, and what is done outside of the XML.</summary>
    public const string Domain = "domain";

    /// <summary>Arguments that libvirt hands on to QEMU.</summary>
    public const string CommandLine = "qemu:commandline";

    private const string Vcpu = "vcpu";
    private readonly GuestPolicy _guest = options.Guest;

    /// <summary>The parts.</summary>
    public IEnumerable<GuestPart> All() => [.. Process(), .. Tuning(), .. Shmem(), .. Channels(), .. Acpi()];

    private IEnumerable<GuestPart> Process()
    {
        string file = $"/run/libvirt/qemu/{_guest.Name}.pid";
        if (_guest.Process != file)
        {
            yield return new GuestPart(Domain, $"The policy {(_guest.Process is null ? "names no process, so nobody checks the pinning" : $"names another process, {_guest.Process}")}: libvirt's file for a domain of this name is process: {file}.", []);
        }
    }

    private IEnumerable<GuestPart> Tuning()
    {
        yield return new GuestPart(Vcpu, Text($"It has {QemuParts.VectorsOf(_guest)} vCPUs or more: the policy names vCPU {QemuParts.VectorsOf(_guest) - 1}."), []);
        yield return new GuestPart("cputune", "Each vCPU on its pCPU of the policy.", [.. _guest.Vcpus.Select(vcpu => Text($"<vcpupin vcpu='{vcpu.Vcpu}' cpuset='{vcpu.Pcpu}'/>"))]);
    }

    private IEnumerable<GuestPart> Shmem()
    {
        if (_guest.Shmem is ShmemPolicy shmem)
        {
            yield return new GuestPart(
                "devices",
                $"The page that it shares with this host. The VM starts only while hoststub serve runs. The guest finds its vCPUs by their x2APIC ids: {string.Join(", ", _guest.Vcpus.Select(vcpu => Text($"vCPU {vcpu.Vcpu} has {vcpu.X2ApicId}")))}.",
                [Text($"<shmem name='pollscale'><model type='ivshmem-doorbell'/><server path='{Escaped(shmem.Path)}'/><msi vectors='{QemuParts.VectorsOf(_guest)}' ioeventfd='on'/></shmem>")]);
        }
    }

    private IEnumerable<GuestPart> Channels()
    {
        foreach (VcpuPolicy vcpu in _guest.Vcpus.Where(vcpu => vcpu.Channel is { IsGuestChannel: true }))
        {
            string path = Escaped(vcpu.Channel!.Path);
            string source = vcpu.Channel.Mode == ChannelMode.Connect ? $"<source mode='bind' path='{path}'/>" : $"<source mode='connect' path='{path}'><reconnect enabled='yes' timeout='1'/></source>";
            yield return new GuestPart(
                "devices",
                Text($"The guest channel of vCPU {vcpu.Vcpu}."),
                [Text($"<channel type='unix'>{source}<target type='virtio' name='virtio.serial.port.poweragent.{vcpu.Vcpu}'/></channel>")]);
        }
    }

    private IEnumerable<GuestPart> Acpi()
    {
        IReadOnlyList<VcpuPolicy> vcpus = AcpiTableFile.Vcpus(_guest);
        if (vcpus.Count == 0)
        {
            yield break;
        }

        yield return new GuestPart("features", "Without this libvirt gives the guest no ACPI at all.", ["<acpi/>"]);
        yield return QemuParts.AcpiTableNote(options) is string note
            ? new GuestPart(CommandLine, note, [])
            : new GuestPart(
                CommandLine,
                "P-states for the guest's own kernel. They are read when the VM starts. libvirt does not know of files and sockets that are named here: where AppArmor or SELinux confines QEMU, allow it to read this file and to make the sockets below.",
                Arguments([("-acpitable", $"file={ShellText.Value(Path.GetFullPath(options.AcpiTable!))}")]));
        foreach (VcpuPolicy vcpu in vcpus)
        {
            yield return new GuestPart(
                CommandLine,
                Text($"The port into which the guest's kernel writes the P-state of vCPU {vcpu.Vcpu}. A byte that nobody reads is lost: let hoststub serve run first."),
                Arguments(QemuParts.AcpiArguments(vcpu)));
        }
    }

    private static string[] Arguments(IEnumerable<(string Option, string Value)> arguments) =>
        [.. arguments.SelectMany(pair => (string[])[$"<qemu:arg value='{pair.Option}'/>", $"<qemu:arg value='{Escaped(pair.Value)}'/>"])];

    private static string Escaped(string text) => SecurityElement.Escape(text);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
