namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>What the VM is made of that hoststub bench paths --this-host makes.</summary>
/// <param name="Qemu">QEMU's program for x86-64.</param>
/// <param name="Kernel">The VM's kernel; null for this host's own.</param>
/// <param name="Probe">The guestprobe ELF.</param>
/// <param name="Bursts">Bursts for a figure.</param>
internal sealed record ThisHostOptions(string Qemu, string? Kernel, string Probe, int Bursts);
