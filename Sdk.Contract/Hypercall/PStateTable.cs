namespace PollScale.Hypercall;

/// <summary>
/// The P-states a guest may ask for. Index 0 is the fastest, as in ACPI and DPDK; frequencies fall strictly with the index.
/// </summary>
public sealed class PStateTable
{
    private readonly uint[] _kHz;

    /// <summary>Makes a table.</summary>
    /// <param name="kHz">1 .. 64 frequencies in kHz, strictly falling, none 0.</param>
    /// <param name="fastestAllowed">Fastest index policy allows.</param>
    /// <param name="slowestAllowed">Slowest index policy allows; not less than <paramref name="fastestAllowed"/>.</param>
    /// <param name="transitionLatencyNs">Typical time from a call to its effect, in ns.</param>
    /// <exception cref="ArgumentException">The table breaks one of these rules.</exception>
    public PStateTable(ReadOnlySpan<uint> kHz, int fastestAllowed, int slowestAllowed, uint transitionLatencyNs)
    {
        if (kHz.Length is 0 or > HypercallAbi.MaxPStates)
        {
            throw new ArgumentException($"A P-state table holds 1 to {HypercallAbi.MaxPStates} entries, not {kHz.Length}.", nameof(kHz));
        }

        for (int i = 0; i < kHz.Length; i++)
        {
            if (kHz[i] == 0 || (i > 0 && kHz[i] >= kHz[i - 1]))
            {
                throw new ArgumentException($"P-state {i} has {kHz[i]} kHz; frequencies must be above 0 and fall with the index.", nameof(kHz));
            }
        }

        if (fastestAllowed < 0 || slowestAllowed >= kHz.Length || fastestAllowed > slowestAllowed)
        {
            throw new ArgumentException($"The allowed range {fastestAllowed}..{slowestAllowed} does not lie in 0..{kHz.Length - 1}.", nameof(fastestAllowed));
        }

        _kHz = kHz.ToArray();
        FastestAllowed = fastestAllowed;
        SlowestAllowed = slowestAllowed;
        TransitionLatencyNs = transitionLatencyNs;
    }

    /// <summary>Number of P-states, 1 .. 64.</summary>
    public int Count => _kHz.Length;

    /// <summary>Fastest index policy allows.</summary>
    public int FastestAllowed { get; }

    /// <summary>Slowest index policy allows.</summary>
    public int SlowestAllowed { get; }

    /// <summary>Typical time from a call to its effect, in ns.</summary>
    public uint TransitionLatencyNs { get; }

    /// <summary>Frequencies in kHz, index 0 first.</summary>
    public ReadOnlySpan<uint> KHz => _kHz;

    /// <summary>Frequency of a P-state in kHz.</summary>
    public uint this[int index] => _kHz[index];

    /// <summary>The nearest allowed index.</summary>
    public int Clamp(long index) => (int)Math.Clamp(index, FastestAllowed, SlowestAllowed);

    /// <summary>The index whose frequency is nearest, allowed or not.</summary>
    public int Nearest(uint kHz)
    {
        int nearest = 0;
        for (int i = 1; i < _kHz.Length; i++)
        {
            if (Math.Abs((long)_kHz[i] - kHz) < Math.Abs((long)_kHz[nearest] - kHz))
            {
                nearest = i;
            }
        }

        return nearest;
    }

    /// <summary>The slowest allowed index whose frequency is at least <paramref name="kHz"/>, else the fastest allowed.</summary>
    public int SlowestAtLeast(double kHz)
    {
        for (int index = SlowestAllowed; index > FastestAllowed; index--)
        {
            if (_kHz[index] >= kHz)
            {
                return index;
            }
        }

        return FastestAllowed;
    }
}
