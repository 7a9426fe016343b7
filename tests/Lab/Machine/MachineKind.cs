namespace PollScale.Lab.Machine;

/// <summary>What an L1 machine is made of.</summary>
/// <param name="Name">For logs and messages.</param>
/// <param name="KernelPackage">Debian's meta-package of its kernel.</param>
/// <param name="Cpus">CPUs of L1; a polling guest with traffic needs two.</param>
public sealed record MachineKind(string Name, string KernelPackage, int Cpus)
{
    /// <summary>Linux 6.12: CONFIG_KVM_XEN hands hypercalls to user space.</summary>
    public const string Linux612 = "linux-image-6.12-cloud-amd64";

    /// <summary>Debian 12's own Linux, 6.1: without CONFIG_KVM_XEN.</summary>
    public const string Linux61 = "linux-image-cloud-amd64";

    /// <summary>The machine needs CONFIG_KVM_XEN, or its absence.</summary>
    public required bool KvmXen { get; init; }

    /// <summary>
    /// QEMU's name of its CPU: one with SVM and nested paging. Without SMAP: with it QEMU before 9.1 reads an IRET's frame in user mode as the kernel would, and
    /// faults; .NET returns so from an interrupted thread.
    /// </summary>
    public string Cpu { get; init; } = "EPYC,+svm,+npt,smap=off";

    /// <summary>It has P-states in its ACPI, with a register a CPU, and the port of a guest channel: see <see cref="QemuDevices"/>.</summary>
    public bool HasDevices { get; init; }

    /// <summary>Stock QEMU is in it, with kernels for Linux guests: see linux.sh.</summary>
    public bool HasLinuxGuests { get; init; }

    /// <summary>
    /// One instruction takes one nanosecond of the machine's time, and nothing runs in parallel: costs in instructions repeat exactly.
    /// </summary>
    public bool CountsInstructions { get; init; }
}
