using PollScale.Native;

namespace PollScale.HostStub.Guest.Futexes;

/// <summary>
/// The guest's futexes, by guest-virtual address. A futex word is only ever read and written through <see cref="AddressSpace"/>, which holds
/// the mapping and checks its protection meanwhile; threads block on words of this process. Thread-safe.
/// </summary>
internal sealed class FutexTable(AddressSpace space)
{
    // As many as there are threads at most: a list is as fast as anything.
    private readonly Lock _lock = new();
    private readonly List<FutexWaiter> _waiters = [];

    /// <summary>FUTEX_WAIT's compare and queue, in one.</summary>
    /// <returns>0 when the thread waits; -EFAULT, or -EAGAIN when the word has another value.</returns>
    public long Begin(FutexWaiter waiter, ulong address, uint expected, uint bitset)
    {
        lock (_lock)
        {
            if (!space.TryRead(address, out uint value))
            {
                return -LibC.EFAULT;
            }

            if (value != expected)
            {
                return -LibC.EAGAIN;
            }

            (waiter.Address, waiter.Bitset) = (address, bitset);
            waiter.Arm();
            _waiters.Add(waiter);
            return 0;
        }
    }

    /// <summary>Gives a wait up.</summary>
    /// <returns>False when it was woken before.</returns>
    public bool Cancel(FutexWaiter waiter)
    {
        lock (_lock)
        {
            return _waiters.Remove(waiter);
        }
    }

    /// <summary>FUTEX_WAKE, FUTEX_WAKE_BITSET: the longest waiting first. Linux wakes one even where none is asked for.</summary>
    /// <returns>How many were woken.</returns>
    public long Wake(ulong address, int count, uint bitset = uint.MaxValue)
    {
        lock (_lock)
        {
            return WakeLocked(address, count, bitset);
        }
    }

    /// <summary>FUTEX_REQUEUE, FUTEX_CMP_REQUEUE.</summary>
    /// <returns>How many were woken or moved, or -errno.</returns>
    public long Requeue(ulong address, int wake, ulong target, int move, uint? expected)
    {
        if (wake < 0 || move < 0)
        {
            return -LibC.EINVAL;
        }

        lock (_lock)
        {
            if (expected is uint wanted && (!space.TryRead(address, out uint value) || value != wanted))
            {
                return space.TryRead(address, out uint _) ? -LibC.EAGAIN : -LibC.EFAULT;
            }

            long done = wake == 0 ? 0 : WakeLocked(address, wake, uint.MaxValue);
            foreach (FutexWaiter waiter in _waiters.Where(w => w.Address == address).Take(move).ToArray())
            {
                // It waits behind those that wait there already.
                _waiters.Remove(waiter);
                waiter.Address = target;
                _waiters.Add(waiter);
                done++;
            }

            return done;
        }
    }

    /// <summary>FUTEX_WAKE_OP: changes the second word, wakes at the first, and at the second if its old value compares as told.</summary>
    /// <returns>How many were woken, or -errno.</returns>
    public long WakeOperation(ulong address, int count, ulong second, int secondCount, uint encoded)
    {
        lock (_lock)
        {
            FutexOperation operation = new(encoded);
            if (!operation.IsKnown)
            {
                return space.Allows(second, write: true, fetch: false) ? -LibC.ENOSYS : -LibC.EFAULT;
            }

            if (!space.TryUpdate(second, operation.Apply, out uint old))
            {
                return -LibC.EFAULT;
            }

            if (operation.Compare((int)old) is not bool wakesSecond)
            {
                return -LibC.ENOSYS;
            }

            return WakeLocked(address, count, uint.MaxValue) + (wakesSecond ? WakeLocked(second, secondCount, uint.MaxValue) : 0);
        }
    }

    private long WakeLocked(ulong address, int count, uint bitset)
    {
        long woken = 0;
        for (int i = 0; i < _waiters.Count;)
        {
            FutexWaiter waiter = _waiters[i];
            if (waiter.Address != address || (waiter.Bitset & bitset) == 0)
            {
                i++;
                continue;
            }

            _waiters.RemoveAt(i);
            waiter.Wake();
            if (++woken >= count)
            {
                break;
            }
        }

        return woken;
    }
}
