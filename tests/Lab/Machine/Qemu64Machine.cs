using Xunit;

namespace PollScale.Lab.Machine;

/// <summary>Linux 6.12 on the CPU that QEMU shows where nobody chose one: below x86-64-v2.</summary>
public sealed class Qemu64Machine() : LabMachine(new MachineKind("qemu64", MachineKind.Linux612, Cpus: 1) { KvmXen = true, Cpu = "qemu64,+svm,+npt" })
{
    public const string Collection = "lab: Linux 6.12, qemu64";
}

[CollectionDefinition(Qemu64Machine.Collection)]
public sealed class Qemu64MachineDefinition : ICollectionFixture<Qemu64Machine>;
