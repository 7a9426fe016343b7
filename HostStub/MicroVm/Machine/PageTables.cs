namespace PollScale.HostStub.Machine;

/// <summary>
/// The guest's four-level page tables, kept in its RAM where only supervisor code could reach them, and edited by the host.
/// KVM does not notice an edit of a present entry: after <see cref="Set"/> replaced one, flush its frame's translations.
/// </summary>
internal sealed class PageTables
{
    private const ulong AddressMask = 0x000F_FFFF_FFFF_F000;
    private const ulong LargeAddressMask = 0x000F_FFFF_FFE0_0000;
    private readonly GuestMemory _memory;
    private readonly FrameAllocator _frames;

    public PageTables(GuestMemory memory, FrameAllocator frames)
    {
        _memory = memory;
        _frames = frames;
        Root = frames.TryAllocate(out ulong root) ? root : throw new InvalidOperationException("The guest's memory cannot hold its page tables.");
    }

    /// <summary>GPA of the top table, for CR3.</summary>
    public ulong Root { get; }

    /// <summary>Removes the leaf entry of an address, whichever its size.</summary>
    public void Clear(ulong address)
    {
        ulong table = Root;
        for (int level = 3; level >= 0; level--)
        {
            ref ulong entry = ref _memory.U64(table + (Index(address, level) * sizeof(ulong)));
            if (level == 0 || (level == 1 && (entry & (ulong)PageFlags.Large) != 0))
            {
                entry = 0;
                return;
            }

            if ((entry & (ulong)PageFlags.Present) == 0)
            {
                return;
            }

            table = entry & AddressMask;
        }
    }

    /// <summary>The next address that may have a leaf entry: leaps over tables that do not exist.</summary>
    /// <returns>An address of at least <paramref name="address"/>, or <paramref name="end"/>.</returns>
    public ulong SkipAbsent(ulong address, ulong end)
    {
        while (address < end)
        {
            ulong table = Root;
            int level = 3;
            for (; level > 0; level--)
            {
                ulong entry = _memory.U64(table + (Index(address, level) * sizeof(ulong)));
                if (entry == 0)
                {
                    break;
                }

                if (level == 1 && (entry & (ulong)PageFlags.Large) != 0)
                {
                    return address;
                }

                table = entry & AddressMask;
            }

            if (level == 0)
            {
                return address;
            }

            address = GuestLayout.AlignDown(address, 1UL << (12 + (9 * level))) + (1UL << (12 + (9 * level)));
        }

        return end;
    }

    /// <summary>Finds the translation of an address.</summary>
    /// <param name="address">Virtual address.</param>
    /// <param name="frame">GPA of the 4 KiB frame it lies in.</param>
    /// <param name="flags">Flags of the entry; <see cref="PageFlags.Large"/> when it maps 2 MiB.</param>
    public bool TryWalk(ulong address, out ulong frame, out PageFlags flags)
    {
        if (!TryGetEntry(address, out frame, out flags) || !flags.HasFlag(PageFlags.Present))
        {
            return false;
        }

        if (flags.HasFlag(PageFlags.Large))
        {
            frame += address & (GuestLayout.LargePageSize - GuestLayout.PageSize);
        }

        return true;
    }

    /// <summary>Writes the entry of a 4 KiB page, or of a 2 MiB page when <paramref name="flags"/> says <see cref="PageFlags.Large"/>.</summary>
    /// <returns>False when the guest's memory cannot hold another table.</returns>
    public bool Set(ulong address, ulong frame, PageFlags flags)
    {
        int leaf = flags.HasFlag(PageFlags.Large) ? 1 : 0;
        if (!TryFindTable(address, leaf, out ulong table))
        {
            return false;
        }

        _memory.U64(table + (Index(address, leaf) * sizeof(ulong))) = frame | (ulong)flags;
        return true;
    }

    /// <summary>Reads the leaf entry of an address, present or kept.</summary>
    /// <param name="address">Virtual address.</param>
    /// <param name="frame">GPA the entry names: of the 2 MiB frame when large.</param>
    /// <param name="flags">Its flags.</param>
    /// <returns>False when there is no entry, or it is zero.</returns>
    public bool TryGetEntry(ulong address, out ulong frame, out PageFlags flags)
    {
        ulong table = Root;
        frame = 0;
        flags = 0;
        for (int level = 3; level >= 0; level--)
        {
            ulong entry = _memory.U64(table + (Index(address, level) * sizeof(ulong)));
            if (level == 0 || (level == 1 && (entry & (ulong)PageFlags.Large) != 0))
            {
                ulong mask = level == 0 ? AddressMask : LargeAddressMask;
                frame = entry & mask;
                flags = (PageFlags)(entry & ~mask);
                return entry != 0;
            }

            if ((entry & (ulong)PageFlags.Present) == 0)
            {
                return false;
            }

            table = entry & AddressMask;
        }

        return false;
    }

    /// <summary>Replaces a 2 MiB mapping by 512 mappings of its frames.</summary>
    /// <returns>False when the guest's memory cannot hold another table.</returns>
    public bool TrySplit(ulong address)
    {
        if (!TryFindTable(address, 1, out ulong table))
        {
            return false;
        }

        ref ulong entry = ref _memory.U64(table + (Index(address, 1) * sizeof(ulong)));
        if ((entry & (ulong)PageFlags.Large) == 0)
        {
            return true;
        }

        if (!_frames.TryAllocate(out ulong small))
        {
            return false;
        }

        ulong frame = entry & LargeAddressMask;
        ulong flags = entry & ~LargeAddressMask & ~(ulong)PageFlags.Large;
        for (ulong page = 0; page < 512; page++)
        {
            _memory.U64(small + (page * sizeof(ulong))) = (frame + (page * GuestLayout.PageSize)) | flags;
        }

        entry = small | (ulong)(PageFlags.Present | PageFlags.Writable | PageFlags.User);
        return true;
    }

    private static ulong Index(ulong address, int level) => (address >> (12 + (9 * level))) & 511;

    private bool TryFindTable(ulong address, int leaf, out ulong table)
    {
        table = Root;
        for (int level = 3; level > leaf; level--)
        {
            ref ulong entry = ref _memory.U64(table + (Index(address, level) * sizeof(ulong)));
            if ((entry & (ulong)PageFlags.Present) == 0)
            {
                if (!_frames.TryAllocate(out ulong created))
                {
                    return false;
                }

                entry = created | (ulong)(PageFlags.Present | PageFlags.Writable | PageFlags.User);
            }

            if (level == 1 && (entry & (ulong)PageFlags.Large) != 0)
            {
                throw new InvalidOperationException($"0x{address:x} lies in a 2 MiB mapping that was not split.");
            }

            table = entry & AddressMask;
        }

        return true;
    }
}
