using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Guest;

/// <summary>
/// The guest process's virtual memory: which ranges are mapped (<see cref="VmaList"/>), and the page tables that say so to the CPU.
/// Memory is given when it becomes accessible, so that the guest never faults for a page. Thread-safe.
/// </summary>
internal sealed partial class AddressSpace
{
    private const ulong Page = GuestLayout.PageSize;
    private const ulong Large = GuestLayout.LargePageSize;
    private readonly Lock _lock = new();
    private readonly GuestMemory _memory;
    private readonly FrameAllocator _frames;
    private readonly VmaList _areas = new();
    private readonly Action _flushDevices;
    private ulong _brkStart;
    private ulong _brkEnd;

    /// <param name="memory">Guest RAM.</param>
    /// <param name="flushDevices">Makes KVM forget every translation to what is not guest RAM; null when there is no KVM.</param>
    public AddressSpace(GuestMemory memory, Action? flushDevices = null)
    {
        _memory = memory;
        _flushDevices = flushDevices ?? (() => { });
        _frames = new FrameAllocator(memory);
        Tables = new PageTables(memory, _frames);
    }

    /// <summary>The page tables; only boot-time setup may touch them directly.</summary>
    public PageTables Tables { get; }

    /// <summary>Bytes of guest RAM ever used, from GPA 0.</summary>
    public ulong HighWater => _frames.HighWater;

    /// <summary>Maps a range, replacing what was there.</summary>
    /// <param name="start">Page-aligned user address.</param>
    /// <param name="length">Bytes; rounded up to pages.</param>
    /// <param name="prot">Protection.</param>
    /// <param name="device">GPA of a device's memory, or null for zeroed RAM.</param>
    /// <returns>0, or the errno.</returns>
    public int Map(ulong start, ulong length, int prot, ulong? device = null)
    {
        if (!TryRange(start, length, out ulong end))
        {
            return LibC.EINVAL;
        }

        lock (_lock)
        {
            // An impossible request fails before it has released anything or taken the memory that is left.
            bool populated = prot != LibC.PROT_NONE;
            if (_areas.Count >= VmaList.MaxCount || (populated && !IsPossible(device, end - start)) || !Release(start, end))
            {
                return LibC.ENOMEM;
            }

            Vma area = new(start, end, prot, device, populated);
            if (populated && !TryPopulate(area))
            {
                return LibC.ENOMEM;
            }

            _areas.Add(area);
            return 0;
        }
    }

    /// <summary>Maps a range wherever there is room, below <see cref="GuestLayout.MmapTop"/>.</summary>
    /// <returns>0, or the errno.</returns>
    public int MapAnywhere(ulong hint, ulong length, int prot, ulong? device, out ulong start)
    {
        lock (_lock)
        {
            start = GuestLayout.AlignDown(hint);
            if (length is 0 or > GuestLayout.UserEnd)
            {
                return LibC.EINVAL;
            }

            length = GuestLayout.AlignUp(length);
            if (start == 0 || !TryRange(start, length, out ulong end) || _areas.Overlaps(start, end))
            {
                ulong alignment = length >= Large ? Large : Page;
                start = _areas.FindFree(length, alignment, GuestLayout.SystemEnd, GuestLayout.MmapTop);
            }

            return start == 0 ? LibC.ENOMEM : Map(start, length, prot, device);
        }
    }

    /// <summary>munmap.</summary>
    /// <returns>0, or the errno.</returns>
    public int Unmap(ulong start, ulong length)
    {
        if (!TryRange(start, length, out ulong end))
        {
            return LibC.EINVAL;
        }

        lock (_lock)
        {
            // At the limit only a hole in the middle of a range adds one: a guest must be able to give back.
            return (_areas.Count < VmaList.MaxCount || !_areas.IsInside(start, end)) && Release(start, end) ? 0 : LibC.ENOMEM;
        }
    }

    /// <summary>mprotect.</summary>
    /// <returns>0, or the errno.</returns>
    public int Protect(ulong start, ulong length, int prot)
    {
        if (length == 0)
        {
            return 0;
        }

        if (!TryRange(start, length, out ulong end))
        {
            return LibC.EINVAL;
        }

        lock (_lock)
        {
            if (!_areas.Covers(start, end) || _areas.Count >= VmaList.MaxCount)
            {
                return LibC.ENOMEM;
            }

            foreach (Vma old in _areas.Within(start, end).ToArray())
            {
                Vma area = old with { Prot = prot, Populated = old.Populated || prot != LibC.PROT_NONE };
                if (area == old)
                {
                    continue;
                }

                if (old.Populated ? !Reprotect(area, old.Prot) : area.Populated && !TryPopulate(area))
                {
                    return LibC.ENOMEM;
                }

                _areas.Remove(area.Start, area.End);
                _areas.Add(area);
            }

            return 0;
        }
    }

    /// <summary>madvise(MADV_DONTNEED): anonymous pages read zero from here on.</summary>
    /// <returns>0, or the errno.</returns>
    public int Discard(ulong start, ulong length)
    {
        if (length == 0)
        {
            return 0;
        }

        if (!TryRange(start, length, out ulong end))
        {
            return LibC.EINVAL;
        }

        lock (_lock)
        {
            if (!SplitEdges(start, end))
            {
                return LibC.ENOMEM;
            }

            foreach (Vma area in _areas.Within(start, end))
            {
                if (area.Populated && area.Device is null)
                {
                    ForEachFrame(area, _memory.Discard);
                }
            }

            return 0;
        }
    }

    /// <summary>Where brk begins: the end of the image.</summary>
    public void SetBrk(ulong start) => _brkStart = _brkEnd = GuestLayout.AlignUp(start);

    /// <summary>brk.</summary>
    /// <returns>The break in force.</returns>
    public ulong Brk(ulong wanted)
    {
        const ulong Limit = 64 << 20;
        lock (_lock)
        {
            ulong end = GuestLayout.AlignUp(wanted);
            if (wanted < _brkStart || wanted > _brkStart + Limit)
            {
                return _brkEnd;
            }

            ulong mapped = GuestLayout.AlignUp(_brkEnd);
            if (end > mapped && (_areas.Overlaps(mapped, end) || Map(mapped, end - mapped, LibC.PROT_READ | LibC.PROT_WRITE) != 0))
            {
                return _brkEnd;
            }

            if (end < mapped)
            {
                Release(end, mapped);
            }

            return _brkEnd = wanted;
        }
    }

    private static bool TryRange(ulong start, ulong length, out ulong end)
    {
        end = 0;
        if (start % Page != 0 || length is 0 or > GuestLayout.UserEnd || start < GuestLayout.SystemEnd)
        {
            return false;
        }

        end = start + GuestLayout.AlignUp(length);
        return end <= GuestLayout.UserEnd && end > start;
    }
}
