using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Guest;

/// <content>Page table work; callers hold the lock.</content>
internal sealed partial class AddressSpace
{
    private static PageFlags FlagsOf(int prot, bool device)
    {
        if (prot == LibC.PROT_NONE)
        {
            return PageFlags.Kept | (device ? PageFlags.Device : 0);
        }

        PageFlags flags = PageFlags.Present | PageFlags.User | PageFlags.Accessed | PageFlags.Dirty;
        flags |= (prot & LibC.PROT_WRITE) != 0 ? PageFlags.Writable : 0;
        flags |= (prot & LibC.PROT_EXEC) == 0 ? PageFlags.NoExecute : 0;
        return flags | (device ? PageFlags.Device : 0);
    }

    private bool IsPossible(ulong? device, ulong length) => device is not null || length <= _memory.Size;

    /// <summary>Puts frames behind a range that has none: all of it, or nothing.</summary>
    private bool TryPopulate(Vma area)
    {
        if (!IsPossible(area.Device, area.Length))
        {
            return false;
        }

        if (!Populate(area))
        {
            Depopulate(area);
            return false;
        }

        return true;
    }

    private bool Populate(Vma area)
    {
        PageFlags flags = FlagsOf(area.Prot, area.Device is not null);
        for (ulong at = area.Start; at < area.End;)
        {
            bool large = at % Large == 0 && area.End - at >= Large && (area.Device is null || DeviceFrame(area, at) % Large == 0);
            if (!TryFrame(area, at, ref large, out ulong frame))
            {
                return false;
            }

            if (!Tables.Set(at, frame, flags | (large ? PageFlags.Large : 0)))
            {
                if (area.Device is null)
                {
                    Free(frame, large);
                }

                return false;
            }

            at += large ? Large : Page;
        }

        return true;
    }

    private static ulong DeviceFrame(Vma area, ulong at) => area.Device!.Value + (at - area.Start);

    private bool TryFrame(Vma area, ulong at, ref bool large, out ulong frame)
    {
        if (area.Device is not null)
        {
            frame = DeviceFrame(area, at);
            return true;
        }

        if (large && _frames.TryAllocateLarge(out frame))
        {
            return true;
        }

        large = false;
        return _frames.TryAllocate(out frame);
    }

    private bool Reprotect(Vma area, int oldProt)
    {
        if (!SplitEdges(area.Start, area.End))
        {
            return false;
        }

        PageFlags flags = FlagsOf(area.Prot, area.Device is not null);
        ForEachEntry(area, (at, frame, old) => Tables.Set(at, frame, flags | (old & PageFlags.Large)));
        if ((oldProt & ~area.Prot) == 0)
        {
            return true;
        }

        if (area.Device is null)
        {
            ForEachFrame(area, _memory.FlushTranslations);
        }
        else
        {
            _flushDevices();
        }

        return true;
    }

    private bool Release(ulong start, ulong end)
    {
        if (!SplitEdges(start, end))
        {
            return false;
        }

        foreach (Vma area in _areas.Within(start, end))
        {
            if (area.Populated)
            {
                Depopulate(area);
            }
        }

        _areas.Remove(start, end);
        return true;
    }

    private void Depopulate(Vma area)
    {
        List<(ulong Frame, bool Large)> freed = [];
        ForEachEntry(area, (at, frame, flags) =>
        {
            Tables.Clear(at);
            freed.Add((frame, flags.HasFlag(PageFlags.Large)));
        });

        if (area.Device is not null)
        {
            _flushDevices();
            return;
        }

        // Neighbouring frames go in one call, whether they were handed out upwards or, freed before, downwards.
        ulong runStart = 0, runEnd = 0;
        foreach ((ulong frame, bool large) in freed)
        {
            ulong end = frame + (large ? Large : Page);
            if (frame == runEnd)
            {
                runEnd = end;
            }
            else if (end == runStart)
            {
                runStart = frame;
            }
            else
            {
                _memory.Discard(runStart, runEnd - runStart);
                (runStart, runEnd) = (frame, end);
            }

            Free(frame, large);
        }

        _memory.Discard(runStart, runEnd - runStart);
    }

    private void Free(ulong frame, bool large)
    {
        if (large)
        {
            _frames.FreeLarge(frame);
        }
        else
        {
            _frames.Free(frame);
        }
    }

    private bool SplitEdges(ulong start, ulong end) => SplitAt(start) && SplitAt(end);

    private bool SplitAt(ulong address) =>
        address % Large == 0
        || !Tables.TryGetEntry(address, out _, out PageFlags flags)
        || !flags.HasFlag(PageFlags.Large)
        || Tables.TrySplit(address);

    private void ForEachEntry(Vma area, Action<ulong, ulong, PageFlags> action)
    {
        for (ulong at = area.Start; (at = Tables.SkipAbsent(at, area.End)) < area.End;)
        {
            bool found = Tables.TryGetEntry(at, out ulong frame, out PageFlags flags);
            if (found)
            {
                action(at, frame, flags);
            }

            at += found && flags.HasFlag(PageFlags.Large) ? Large : Page;
        }
    }

    private void ForEachFrame(Vma area, Action<ulong, ulong> action)
    {
        // Neighbouring frames go in one call: each is a system call and a flush.
        ulong runStart = 0, runEnd = 0;
        ForEachEntry(area, (_, frame, flags) =>
        {
            ulong size = flags.HasFlag(PageFlags.Large) ? Large : Page;
            if (frame != runEnd)
            {
                if (runEnd > runStart)
                {
                    action(runStart, runEnd - runStart);
                }

                runStart = frame;
            }

            runEnd = frame + size;
        });

        if (runEnd > runStart)
        {
            action(runStart, runEnd - runStart);
        }
    }
}
