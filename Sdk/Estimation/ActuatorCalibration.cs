namespace PollScale.Governors;

/// <summary>
/// Learns the actuator before it is needed: at the start the speed goes to and fro a few times, at moments that fall everywhere in a
/// grid's period, so that the effects show whether there is one.
/// </summary>
internal sealed class ActuatorCalibration(double latency)
{
    private const int Toggles = 12;
    private const double GoldenRatio = 0.618033988749895;
    private int _toggles;
    private double _next;
    private bool _slow;

    /// <summary>There is still something to learn.</summary>
    public bool Active(double now) => _toggles < Toggles && (_toggles == 0 || now < _next + (100 * latency));

    /// <summary>The P-state for now.</summary>
    public int Toggle(double now, int fast, int slow)
    {
        if (now >= _next)
        {
            _toggles++;
            _slow = !_slow;
            _next = now + (latency * (1 + (_toggles * GoldenRatio % 1)));
        }

        return _slow ? slow : fast;
    }
}
