namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>What the VM is made of that hoststub bench paths --this-host makes.</summary>
/// <param name="Qemu">QEMU's program for x86-64.</param>
/// <param name="Kernel">The VM's kernel; null for this host's own.</param>
/// <param name="Probe">The guestprobe ELF.</param>
/// <param name="Bursts">Bursts for a figure.</param>
internal sealed record ThisHostOptions(string Qemu, string? Kernel, string Probe, int Bursts)
{
    private const string Running = "/proc/sys/kernel/osrelease";

    /// <summary>Folder of that kernel's modules; null for where its release has it.</summary>
    public string? Modules { get; init; }

    /// <summary>Which paths.</summary>
    public IReadOnlyList<HostPath> Paths { get; init; } = HostPath.All;

    /// <summary>What goes on beside; none of it, if empty.</summary>
    public IReadOnlyList<PathLoad> Loads { get; init; } = [PathLoad.None];

    /// <summary>The kernel's file.</summary>
    public string Image => Kernel ?? $"/boot/vmlinuz-{File.ReadAllText(Running).Trim()}";
}
