using PollScale.Polling;

namespace PollScale.C.Lcores;

/// <summary>An lcore of a program in C.</summary>
internal sealed class Lcore(ulong id, LcoreScaler scaler, string governor, nint block)
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private int _busy;

    public ulong Id => id;

    public LcoreScaler Scaler => scaler;

    /// <summary>Its governor, as it was asked for.</summary>
    public string Governor => governor;

    public nint Block => block;

    public bool IsCallers => Environment.CurrentManagedThreadId == _thread;

    public ref PollCounters Counters => ref CounterBlocks.At(block);

    /// <summary>Keeps the process's end from closing it meanwhile.</summary>
    /// <returns>False where it is being closed.</returns>
    public bool Enter() => Interlocked.CompareExchange(ref _busy, 1, 0) == 0;

    public void Leave() => Volatile.Write(ref _busy, 0);

    /// <summary>Ends it, by a thread that entered it and does not leave.</summary>
    public void Close()
    {
        try
        {
            scaler.Dispose();
        }
        finally
        {
            scaler.Transport.Dispose();
        }
    }
}
