using Xunit;

namespace PollScale.Lab.Machine;

/// <summary>Linux 6.12 on a CPU that counts its instructions.</summary>
public sealed class CountingMachine() : LabMachine(new MachineKind("counting", MachineKind.Linux612, Cpus: 1) { KvmXen = true, CountsInstructions = true })
{
    public const string Collection = "lab: Linux 6.12, counted instructions";
}

[CollectionDefinition(CountingMachine.Collection)]
public sealed class CountingMachineDefinition : ICollectionFixture<CountingMachine>;
