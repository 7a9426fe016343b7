using Xunit;

namespace PollScale.Lab.Machine;

/// <summary>Linux 6.12, whose KVM hands hypercalls to user space, with two CPUs, so that a guest can poll beside its traffic.</summary>
public sealed class XenMachine() : LabMachine(new MachineKind("xen", MachineKind.Linux612, Cpus: 2) { KvmXen = true })
{
    public const string Collection = "lab: Linux 6.12, two CPUs";
}

[CollectionDefinition(XenMachine.Collection)]
public sealed class XenMachineDefinition : ICollectionFixture<XenMachine>;
