using PollScale.Clock;

namespace PollScale.GuestProbe.Bench;

/// <summary>Durations in TSC ticks; of more than a million the last million count.</summary>
internal sealed class Durations(int count)
{
    private const int MostKept = 1_000_000;
    private readonly ulong[] _ticks = new ulong[Math.Min(count, MostKept)];
    private int _taken;

    /// <summary>Takes one in.</summary>
    public void Add(ulong ticks) => _ticks[_taken++ % MostKept] = ticks;

    /// <summary>All of them as key=value pairs, ticks exact to one.</summary>
    /// <param name="prefix">Begins each key; may be empty.</param>
    public string Text(string prefix)
    {
        Array.Sort(_ticks);
        ulong p50 = At(0.5);
        return $"{prefix}p50_ns={Ns(p50)} {prefix}p99_ns={Ns(At(0.99))} {prefix}max_ns={Ns(_ticks[^1])} {prefix}p50_ticks={p50} {prefix}min_ticks={_ticks[0]}";

        ulong At(double share) => _ticks[(int)(share * (_ticks.Length - 1))];
    }

    private static ulong Ns(ulong ticks) => TscClock.ToNanoseconds(ticks);
}
