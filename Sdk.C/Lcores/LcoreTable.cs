namespace PollScale.C.Lcores;

/// <summary>The lcores that are open, by the numbers that C knows them by. A number is never given twice.</summary>
internal static class LcoreTable
{
    // Low bits of a number are its place, the others count up. As many fit four times into the heap that libpollscale.csproj sets: one that overflows ends the process.
    private const int PlaceBits = 9;
    private static readonly Lcore?[] s_open = new Lcore?[1 << PlaceBits];
    private static readonly Lock s_lock = new();
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(100);
    private static ulong s_given;

    /// <summary>Takes an lcore in.</summary>
    /// <exception cref="InvalidOperationException">All places are taken.</exception>
    public static Lcore Add(LcoreScaler scaler, string governor)
    {
        lock (s_lock)
        {
            int place = Array.IndexOf(s_open, null);
            if (place < 0)
            {
                throw new InvalidOperationException($"The process has {s_open.Length} lcores open: close those that poll no more.");
            }

            Lcore lcore = new((++s_given << PlaceBits) | (uint)place, scaler, governor, CounterBlocks.Take(scaler.CountersNow));
            Volatile.Write(ref s_open[place], lcore);
            return lcore;
        }
    }

    /// <summary>The lcore of a number; null where there is none.</summary>
    public static Lcore? Find(ulong id) => Volatile.Read(ref s_open[id & ((1UL << PlaceBits) - 1)]) is { } lcore && lcore.Id == id ? lcore : null;

    /// <summary>Takes one out and ends it, by a thread that has entered it.</summary>
    public static void Close(Lcore lcore)
    {
        lock (s_lock)
        {
            Volatile.Write(ref s_open[lcore.Id & ((1UL << PlaceBits) - 1)], null);
            CounterBlocks.Give(lcore.Block);
        }

        lcore.Close();
    }

    /// <summary>Ends one whose thread polls no more, by any thread.</summary>
    /// <returns>False where that thread is in the midst of a decision for long.</returns>
    public static bool Retire(Lcore lcore)
    {
        if (!SpinWait.SpinUntil(lcore.Enter, s_patience))
        {
            return false;
        }

        using CpuVisit visit = CpuVisit.Of(lcore.Scaler);
        Close(lcore);
        return true;
    }

    /// <summary>Ends all, whoever polls them. One that is in the midst of a decision for long is left.</summary>
    public static void CloseAll()
    {
        foreach (Lcore lcore in s_open.OfType<Lcore>().ToArray())
        {
            if (SpinWait.SpinUntil(lcore.Enter, s_patience))
            {
                Close(lcore);
            }
        }
    }
}
