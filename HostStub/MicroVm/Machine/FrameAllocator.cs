namespace PollScale.HostStub.Machine;

/// <summary>Hands out frames of guest RAM, zeroed, 4 KiB and 2 MiB. Callers hold the address space's lock.</summary>
internal sealed class FrameAllocator(GuestMemory memory)
{
    private readonly Stack<ulong> _small = new();
    private readonly Stack<ulong> _large = new();
    private ulong _next = GuestLayout.FirstFrame;
    private ulong _smallNext;
    private ulong _smallEnd;

    /// <summary>Bytes from GPA 0 that were ever handed out.</summary>
    public ulong HighWater => _next;

    /// <summary>A zeroed 4 KiB frame.</summary>
    /// <returns>False when the guest's memory is used up.</returns>
    public bool TryAllocate(out ulong frame)
    {
        if (_small.TryPop(out frame))
        {
            return true;
        }

        if (_smallNext == _smallEnd)
        {
            if (!TryAllocateLarge(out _smallNext))
            {
                _smallNext = _smallEnd = 0;
                return false;
            }

            _smallEnd = _smallNext + GuestLayout.LargePageSize;
        }

        frame = _smallNext;
        _smallNext += GuestLayout.PageSize;
        return true;
    }

    /// <summary>A zeroed 2 MiB frame.</summary>
    /// <returns>False when the guest's memory is used up.</returns>
    public bool TryAllocateLarge(out ulong frame)
    {
        if (_large.TryPop(out frame))
        {
            return true;
        }

        if (_next + GuestLayout.LargePageSize > memory.Size)
        {
            frame = 0;
            return false;
        }

        frame = _next;
        _next += GuestLayout.LargePageSize;
        return true;
    }

    /// <summary>Takes a 4 KiB frame back; it must have been discarded, which zeroes it.</summary>
    public void Free(ulong frame) => _small.Push(frame);

    /// <summary>Takes a 2 MiB frame back; it must have been discarded, which zeroes it.</summary>
    public void FreeLarge(ulong frame) => _large.Push(frame);
}
