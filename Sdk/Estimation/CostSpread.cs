namespace PollScale.Polling;

/// <summary>How much dearer packets were of late than they are now: what has been may come again, and sooner than costs are learned anew.</summary>
/// <remarks>Remembered for two seconds. Packets are taken together until there are enough that one cost says something.</remarks>
internal sealed class CostSpread
{
    private const double MemoryMs = 2000;
    private const double Packets = 256;
    private const double Tolerance = 1.1;
    private readonly PeakHold _dearest;
    private double _elapsed;
    private double _took;
    private double _expected;
    private double _packets;
    private double _most;

    /// <param name="tscKHz">TSC frequency.</param>
    public CostSpread(double tscKHz) => _dearest = new PeakHold(MemoryMs * tscKHz);

    /// <summary>Takes in packets.</summary>
    /// <param name="elapsed">Ticks since the last were taken in.</param>
    /// <param name="packets">How many.</param>
    /// <param name="took">Ticks that they took.</param>
    /// <param name="expected">Ticks that they should have taken.</param>
    /// <param name="cost">What a packet costs as is believed, in any one unit.</param>
    public void Observe(double elapsed, uint packets, double took, double expected, double cost)
    {
        _elapsed += elapsed;
        _packets += packets;
        _took += took;
        _expected += expected;
        if (_packets >= Packets)
        {
            _most = _dearest.Add(_elapsed, _took / _expected * cost);
            (_elapsed, _packets, _took, _expected) = (0, 0, 0, 0);
        }
    }

    /// <summary>How much dearer than now packets may be, 1 or more.</summary>
    /// <param name="cost">What a packet costs now.</param>
    public double Factor(double cost) => _most > Tolerance * cost ? _most / cost : 1;
}
