
namespace PollScale.HostStub.Guest.Futexes;

/// <summary>The futexes a thread holds as it ends (set_robust_list): each is marked as its dead owner's, and one waiter is woken.</summary>
internal static class RobustList
{
    /// <summary>Bytes of struct robust_list_head.</summary>
    public const ulong HeadSize = 24;

    private const uint FUTEX_WAITERS = 0x8000_0000, FUTEX_OWNER_DIED = 0x4000_0000, FUTEX_TID_MASK = 0x3FFF_FFFF;
    private const ulong PriorityInheriting = 1;

    /// <summary>Walks the list, which may lead anywhere and for ever, as Linux does.</summary>
    public static void Release(AddressSpace space, FutexTable futexes, ulong head, int tid)
    {
        const int ROBUST_LIST_LIMIT = 2048;
        if (head == 0 || !space.TryRead(head, out (ulong Next, long Offset, ulong Pending) list))
        {
            return;
        }

        ulong entry = list.Next;
        for (int i = 0; i < ROBUST_LIST_LIMIT && (entry & ~PriorityInheriting) != head; i++)
        {
            bool more = space.TryRead(entry & ~PriorityInheriting, out ulong next);
            if ((entry & ~PriorityInheriting) != (list.Pending & ~PriorityInheriting)
                && !TryReleaseOne(space, futexes, entry, list.Offset, tid, pending: false))
            {
                return;
            }

            if (!more)
            {
                return;
            }

            entry = next;
        }

        if (list.Pending != 0)
        {
            TryReleaseOne(space, futexes, list.Pending, list.Offset, tid, pending: true);
        }
    }

    private static bool TryReleaseOne(AddressSpace space, FutexTable futexes, ulong entry, long offset, int tid, bool pending)
    {
        ulong word = unchecked((entry & ~PriorityInheriting) + (ulong)offset);
        bool inherits = (entry & PriorityInheriting) != 0;
        if (word % sizeof(uint) != 0 || !space.TryRead(word, out uint value))
        {
            return false;
        }

        // It died between letting the lock go and waking the next.
        if (pending && !inherits && value == 0)
        {
            futexes.Wake(word, 1);
            return true;
        }

        if ((value & FUTEX_TID_MASK) != (uint)tid)
        {
            return true;
        }

        if (!space.TryUpdate(word, now => (now & FUTEX_TID_MASK) == (uint)tid ? (now & FUTEX_WAITERS) | FUTEX_OWNER_DIED : now, out uint old))
        {
            return false;
        }

        if (!inherits && (old & FUTEX_WAITERS) != 0)
        {
            futexes.Wake(word, 1);
        }

        return true;
    }
}
