namespace PollScale.HostStub.Guest;

/// <summary>One mapped range of a guest's address space.</summary>
/// <param name="Start">First address, page-aligned.</param>
/// <param name="End">Address after the last, page-aligned.</param>
/// <param name="Prot">PROT_READ, PROT_WRITE, PROT_EXEC as in mman.h.</param>
/// <param name="Device">GPA behind <see cref="Start"/> for a device mapping, else null: anonymous memory.</param>
/// <param name="Populated">Frames are behind it; a range never accessible has none.</param>
internal readonly record struct Vma(ulong Start, ulong End, int Prot, ulong? Device, bool Populated)
{
    public ulong Length => End - Start;

    /// <summary>The part of it within a range that overlaps it.</summary>
    public Vma Cut(ulong start, ulong end)
    {
        ulong first = Math.Max(Start, start);
        return this with { Start = first, End = Math.Min(End, end), Device = Device + (first - Start) };
    }

    /// <summary>True when <paramref name="next"/> continues this range with the same properties.</summary>
    public bool Joins(Vma next) =>
        End == next.Start && Prot == next.Prot && Populated == next.Populated
        && (Device is null ? next.Device is null : next.Device == Device + Length);
}
