namespace PollScale.HostStub.Guest;

/// <summary>The mapped ranges of an address space, sorted and disjoint. Not thread-safe.</summary>
internal sealed class VmaList
{
    private readonly List<Vma> _areas = [];

    /// <summary>Ranges a hostile guest may create before mmap answers ENOMEM.</summary>
    public const int MaxCount = 16384;

    public int Count => _areas.Count;

    /// <summary>The mapped parts of a range, cut to it, lowest first.</summary>
    public IEnumerable<Vma> Within(ulong start, ulong end)
    {
        for (int i = FirstEndingAfter(start); i < _areas.Count && _areas[i].Start < end; i++)
        {
            yield return _areas[i].Cut(start, end);
        }
    }

    /// <summary>True when some part of the range is mapped.</summary>
    public bool Overlaps(ulong start, ulong end) =>
        FirstEndingAfter(start) is var i && i < _areas.Count && _areas[i].Start < end;

    /// <summary>True when every byte of the range is mapped.</summary>
    public bool Covers(ulong start, ulong end)
    {
        ulong at = start;
        foreach (Vma area in Within(start, end))
        {
            if (area.Start != at)
            {
                return false;
            }

            at = area.End;
        }

        return at >= end;
    }

    /// <summary>True when the range lies in one mapped range that goes on at both its ends.</summary>
    public bool IsInside(ulong start, ulong end) =>
        FirstEndingAfter(start) is var i && i < _areas.Count && _areas[i].Start < start && _areas[i].End > end;

    /// <summary>Removes what is mapped in a range.</summary>
    public void Remove(ulong start, ulong end)
    {
        int first = FirstEndingAfter(start);
        int last = first;
        List<Vma> rest = [];
        for (; last < _areas.Count && _areas[last].Start < end; last++)
        {
            if (_areas[last].Start < start)
            {
                rest.Add(_areas[last].Cut(0, start));
            }

            if (_areas[last].End > end)
            {
                rest.Add(_areas[last].Cut(end, ulong.MaxValue));
            }
        }

        _areas.RemoveRange(first, last - first);
        _areas.InsertRange(first, rest);
    }

    /// <summary>Adds a range over unmapped space, joined to its neighbours where they are alike.</summary>
    public void Add(Vma area)
    {
        int at = FirstEndingAfter(area.Start);
        if (at < _areas.Count && area.Joins(_areas[at]))
        {
            area = area with { End = _areas[at].End };
            _areas.RemoveAt(at);
        }

        if (at > 0 && _areas[at - 1].Joins(area))
        {
            _areas[at - 1] = _areas[at - 1] with { End = area.End };
            return;
        }

        _areas.Insert(at, area);
    }

    /// <summary>The highest free range of a length that ends at or below <paramref name="top"/>.</summary>
    /// <returns>Its start, or 0 when there is none above <paramref name="bottom"/>.</returns>
    public ulong FindFree(ulong length, ulong alignment, ulong bottom, ulong top)
    {
        ulong end = top;
        for (int i = _areas.Count - 1; ; i--)
        {
            ulong floor = i >= 0 ? Math.Max(_areas[i].End, bottom) : bottom;
            if (end > floor && end - floor >= length)
            {
                ulong start = (end - length) & ~(alignment - 1);
                if (start >= floor)
                {
                    return start;
                }
            }

            if (i < 0 || _areas[i].Start <= bottom)
            {
                return 0;
            }

            end = Math.Min(end, _areas[i].Start);
        }
    }

    private int FirstEndingAfter(ulong address)
    {
        int low = 0, high = _areas.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_areas[middle].End > address)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
