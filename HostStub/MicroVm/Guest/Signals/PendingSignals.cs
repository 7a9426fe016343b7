namespace PollScale.HostStub.Guest.Signals;

/// <summary>Signals sent to a thread or to a whole process that no handler took yet; of a number one is kept, as of Linux's classic signals. Thread-safe.</summary>
internal sealed class PendingSignals
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, SignalInfo> _info = [];
    private ulong _set;

    /// <summary>Bit n-1 for signal n.</summary>
    public ulong Set => Volatile.Read(ref _set);

    /// <summary>Makes a signal pending.</summary>
    /// <returns>False when one of its number was pending already.</returns>
    public bool Post(SignalInfo signal)
    {
        lock (_lock)
        {
            Volatile.Write(ref _set, _set | 1UL << (signal.Number - 1));
            return _info.TryAdd(signal.Number, signal);
        }
    }

    /// <summary>Takes the lowest of the signals in <paramref name="wanted"/>.</summary>
    public bool TryTake(ulong wanted, out SignalInfo signal)
    {
        lock (_lock)
        {
            ulong ready = _set & wanted;
            if (ready == 0)
            {
                signal = default;
                return false;
            }

            int number = System.Numerics.BitOperations.TrailingZeroCount(ready) + 1;
            Volatile.Write(ref _set, _set & ~(1UL << (number - 1)));
            return _info.Remove(number, out signal);
        }
    }
}
