using Xunit;

namespace PollScale.Lab.Machine;

/// <summary>Debian 12's own Linux 6.1 on a CPU that has P-states.</summary>
public sealed class StockHardwareMachine() : LabMachine(new MachineKind("stock-hardware", MachineKind.Linux61, Cpus: 1) { KvmXen = false, HasDevices = true })
{
    public const string Collection = "lab: Linux 6.1 with P-states";
}

[CollectionDefinition(StockHardwareMachine.Collection)]
public sealed class StockHardwareMachineDefinition : ICollectionFixture<StockHardwareMachine>;
