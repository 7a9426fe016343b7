namespace PollScale.Governors;

/// <summary>
/// Learns the actuator before it is needed: at the start the speed goes to and fro a few times, at moments that fall everywhere in a
/// grid's period, so that the effects show whether there is one.
/// </summary>
internal sealed class ActuatorCalibration(double latency)
{
    private const int Toggles = 12, MostToggles = 48;
    private const double GoldenRatio = 0.618033988749895;
    private int _toggles, _telling;
    private double _next;
    private bool _slow;

    /// <summary>There is still something to learn.</summary>
    public bool Active(double now) => _telling < Toggles && _toggles < MostToggles && (_toggles == 0 || now < _next + (100 * latency));

    /// <summary>The P-state for now.</summary>
    /// <param name="now">When, in ticks.</param>
    /// <param name="fast">One of the two between which it goes.</param>
    /// <param name="slow">The other.</param>
    /// <param name="tells">The effect may show; a change before costs are known tells of costs only.</param>
    public int Toggle(double now, int fast, int slow, bool tells)
    {
        if (now >= _next)
        {
            _toggles++;
            _telling += tells ? 1 : 0;
            _slow = !_slow;
            _next = now + (latency * (1 + (_toggles * GoldenRatio % 1)));
        }

        return _slow ? slow : fast;
    }
}
