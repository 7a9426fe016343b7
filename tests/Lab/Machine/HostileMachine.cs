using Xunit;

namespace PollScale.Lab.Machine;

/// <summary>Linux 6.12 with one CPU, for suites that run long: alone, a CPU never meets QEMU's races between CPUs.</summary>
public sealed class HostileMachine() : LabMachine(new MachineKind("hostile", MachineKind.Linux612, Cpus: 1) { KvmXen = true })
{
    public const string Collection = "lab: Linux 6.12, one CPU";
}

[CollectionDefinition(HostileMachine.Collection)]
public sealed class HostileMachineDefinition : ICollectionFixture<HostileMachine>;
