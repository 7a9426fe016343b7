namespace PollScale.Governors;

/// <summary>The slowest P-state asked for of late: where requests are posted, one may be in effect before its grant is seen, be it replaced already.</summary>
internal struct AskedOfLate
{
    private int _slowest;
    private double _until;

    /// <summary>The slowest one.</summary>
    /// <param name="target">What is asked for now.</param>
    /// <param name="now">Ticks.</param>
    /// <param name="lasts">Ticks for which a request may be in effect after it was replaced.</param>
    public int Slowest(int target, double now, double lasts)
    {
        if (target >= _slowest || now >= _until)
        {
            (_slowest, _until) = (target, now + lasts);
        }

        return _slowest;
    }
}
