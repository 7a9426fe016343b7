namespace PollScale.Tests.Governors;

/// <summary>The rule of <see cref="PollScale.Governors.ArrivalEnvelope"/> in its plainest form: every entry kept, every horizon looked for from the start, every root drawn.</summary>
internal sealed class PlainEnvelope(double tscKHz)
{
    private readonly double[] _lengths = Lengths(tscKHz);
    private readonly double[] _most = new double[7];
    private readonly List<(double Time, double Count)> _entries = [];
    private double _now;
    private double _wildUntil;

    public bool IsTame => _now > Math.Max(_wildUntil, 700 * tscKHz);

    /// <summary>Of all horizons but the shortest.</summary>
    public double[] Most => _most[1..];

    public static double[] Lengths(double tscKHz) => [.. Enumerable.Range(0, 7).Select(i => 0.04 * tscKHz * (1 << i))];

    public void Observe(double now, double arrived, bool quiet)
    {
        if (_entries.Count == 0 || now - _entries[^1].Time >= _lengths[^1] / 248)
        {
            _entries.Add((now, arrived));
        }

        if (quiet)
        {
            return;
        }

        double forget = Math.Max(0, 1 - ((now - _now) / (1000 * tscKHz)));
        _now = now;
        for (int i = 0; i < _lengths.Length; i++)
        {
            double came = arrived - _entries[Math.Max(0, _entries.FindLastIndex(entry => entry.Time <= now - _lengths[i]))].Count, most = _most[i] * forget;
            _wildUntil = now > 0.2 * (1000 * tscKHz) && came > (most * 1.1) + (3 * Math.Sqrt(most)) ? now + (5 * (1000 * tscKHz)) : _wildUntil;
            _most[i] = Math.Max(most, came);
        }
    }
}
