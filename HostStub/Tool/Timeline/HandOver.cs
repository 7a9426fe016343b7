namespace PollScale.HostStub.Timeline;

/// <summary>Values on their way from one thread to another. Neither waits or allocates; what finds no room is counted.</summary>
/// <typeparam name="T">The values.</typeparam>
internal sealed class HandOver<T>
    where T : struct
{
    private readonly T[] _values;
    private readonly int _mask;
    private ulong _put;
    private ulong _taken;
    private ulong _missed;

    /// <param name="capacity">Most values on their way, a power of two.</param>
    public HandOver(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(int.IsPow2(capacity), true);
        _values = new T[capacity];
        _mask = capacity - 1;
    }

    /// <summary>Values that found no room so far.</summary>
    public ulong Missed => Volatile.Read(ref _missed);

    /// <summary>Puts a value in, where there is room. One thread.</summary>
    public void Put(in T value)
    {
        if (_put - Volatile.Read(ref _taken) >= (ulong)_values.Length)
        {
            Volatile.Write(ref _missed, _missed + 1);
            return;
        }

        _values[(int)_put & _mask] = value;
        Volatile.Write(ref _put, _put + 1);
    }

    /// <summary>Takes the oldest value. One thread.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryTake(out T value)
    {
        if (Volatile.Read(ref _put) == _taken)
        {
            value = default;
            return false;
        }

        value = _values[(int)_taken & _mask];
        Volatile.Write(ref _taken, _taken + 1);
        return true;
    }
}
