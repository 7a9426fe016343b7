using PollScale.Lab.Image;

namespace PollScale.Lab.Machine;

/// <summary>P-states with a register a CPU, and a guest channel's port, with the sockets that lead to them from outside.</summary>
internal sealed class QemuDevices : IDisposable
{
    // Short: a socket's path has at most 107 bytes.
    private readonly string _folder = Directory.CreateTempSubdirectory("lab-").FullName;
    private QemuMonitor? _monitor;

    /// <summary>Makes them.</summary>
    /// <param name="cpus">CPUs of the machine.</param>
    /// <exception cref="LabException">The ACPI table cannot be compiled.</exception>
    public QemuDevices(int cpus) => Arguments =
    [
        "-acpitable", $"file={PStateSsdt.Build(cpus)}", "-device", "pc-testdev",
        "-monitor", $"unix:{MonitorSocket},server=on,wait=off",

        // Without vectors=0 a notification is lost now and then under TCG.
        "-device", "virtio-serial-pci,vectors=0", "-chardev", $"socket,path={ChannelSocket},server=on,wait=off,id=channel",
        "-device", "virtserialport,chardev=channel,name=virtio.serial.port.poweragent.0",
    ];

    /// <summary>QEMU's arguments.</summary>
    public IReadOnlyList<string> Arguments { get; }

    /// <summary>Socket behind the guest channel's port of lcore 0; QEMU listens.</summary>
    public string ChannelSocket => Path.Combine(_folder, "channel");

    private string MonitorSocket => Path.Combine(_folder, "monitor");

    /// <summary>What the register of a CPU's P-state holds, read by QEMU: the machine inside has no part in it.</summary>
    /// <exception cref="LabException">QEMU does not answer.</exception>
    public byte Register(int cpu) => (_monitor ??= new QemuMonitor(MonitorSocket)).ReadPort(PStateSsdt.Port(cpu));

    public void Dispose()
    {
        _monitor?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
