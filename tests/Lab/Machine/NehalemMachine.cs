using Xunit;

namespace PollScale.Lab.Machine;

/// <summary>Linux 6.12 on the least CPU that has x86-64-v2, with SVM; kvm_amd takes it for AMD's.</summary>
public sealed class NehalemMachine() : LabMachine(new MachineKind("nehalem", MachineKind.Linux612, Cpus: 1) { KvmXen = true, Cpu = "Nehalem,vendor=AuthenticAMD,+svm,+npt" })
{
    public const string Collection = "lab: Linux 6.12, Nehalem";
}

[CollectionDefinition(NehalemMachine.Collection)]
public sealed class NehalemMachineDefinition : ICollectionFixture<NehalemMachine>;
