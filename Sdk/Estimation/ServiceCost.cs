namespace PollScale.Governors;

/// <summary>What a packet costs in full bursts, its share of the poll included. The cycles shrink with the frequency, waiting for memory does not.</summary>
/// <param name="CyclesPerPacket">Core cycles, 0 .. 1e6.</param>
/// <param name="MemoryNs">Time at any frequency in ns, 0 .. 1e6; not both 0.</param>
public readonly record struct ServiceCost(double CyclesPerPacket, double MemoryNs = 0)
{
    /// <summary>Packets per second at a frequency: the service rate mu(f).</summary>
    public double PacketsPerSecond(uint kHz) => 1e9 / ((CyclesPerPacket * 1e6 / kHz) + MemoryNs);
}
