using System.Runtime.InteropServices;
using PollScale.HostStub.Guest.Syscalls;

namespace PollScale.HostStub.Guest;

/// <summary>
/// Wakes host threads that wait for a guest's file, child or timer to change. Whoever waits reads <see cref="Count"/>, looks, and waits for another
/// count. A kick of the thread ends the wait, too. Thread-safe.
/// </summary>
internal sealed class WaitBell
{
    private readonly uint[] _count = GC.AllocateArray<uint>(1, pinned: true);
    private readonly nint _address;
    private int _waiters;

    public WaitBell() => _address = Marshal.UnsafeAddrOfPinnedArrayElement(_count, 0);

    /// <summary>Times it rang.</summary>
    public uint Count => Volatile.Read(ref _count[0]);

    /// <summary>Something changed.</summary>
    public void Ring()
    {
        Interlocked.Increment(ref _count[0]);
        if (Volatile.Read(ref _waiters) > 0)
        {
            HostClock.WakeAll(_address);
        }
    }

    /// <summary>Waits for a ring after <paramref name="seen"/>, for a signal, or for so long.</summary>
    public void Wait(uint seen, long ns)
    {
        Interlocked.Increment(ref _waiters);
        HostClock.WaitWord(_address, seen, ns);
        Interlocked.Decrement(ref _waiters);
    }
}
