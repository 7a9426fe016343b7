using Xunit;

namespace PollScale.Lab.Machine;

/// <summary>Debian 12's own Linux 6.1, whose KVM answers hypercalls itself.</summary>
public sealed class StockMachine() : LabMachine(new MachineKind("stock", MachineKind.Linux61, Cpus: 1) { KvmXen = false })
{
    public const string Collection = "lab: Linux 6.1";
}

[CollectionDefinition(StockMachine.Collection)]
public sealed class StockMachineDefinition : ICollectionFixture<StockMachine>;
