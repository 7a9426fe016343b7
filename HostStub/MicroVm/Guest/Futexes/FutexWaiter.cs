using System.Runtime.InteropServices;
using PollScale.HostStub.Guest.Syscalls;

namespace PollScale.HostStub.Guest.Futexes;

/// <summary>A guest thread's place in <see cref="FutexTable"/>: one a thread, for its whole life. It blocks on a word of this process.</summary>
internal sealed class FutexWaiter
{
    private readonly uint[] _woken = GC.AllocateArray<uint>(1, pinned: true);
    private readonly nint _word;

    public FutexWaiter() => _word = Marshal.UnsafeAddrOfPinnedArrayElement(_woken, 0);

    /// <summary>Guest-virtual address it waits at; belongs to the table, as the bitset does.</summary>
    public ulong Address { get; set; }

    /// <summary>Wakes that it takes.</summary>
    public uint Bitset { get; set; }

    /// <summary>Somebody woke it since <see cref="Arm"/>.</summary>
    public bool IsWoken => Volatile.Read(ref _woken[0]) != 0;

    public void Arm() => Volatile.Write(ref _woken[0], 0);

    public void Wake()
    {
        Volatile.Write(ref _woken[0], 1);
        HostClock.WakeAll(_word);
    }

    /// <summary>Blocks until it is woken, for at most <paramref name="ns"/>, or until a signal.</summary>
    public void Block(long ns) => HostClock.WaitWord(_word, 0, ns);
}
