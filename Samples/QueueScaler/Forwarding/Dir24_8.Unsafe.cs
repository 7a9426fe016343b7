using System.Runtime.CompilerServices;
using PollScale.Native;

namespace PollScale.Samples.QueueScaler.Forwarding;

/// <summary>
/// Longest-prefix match in one or two loads (Gupta, Lin, McKeown: DIR-24-8): one entry for every /24, and a group of 256
/// entries for each /24 that holds a longer prefix. An entry is 0: default route; 1 .. 0x7FFF: next hop + 1; bit 15: a group.
/// </summary>
/// <remarks>
/// Only the /24 networks between the lowest and the highest route have entries; addresses beyond take the default route. A guest's
/// fresh pages are dear, and so strange destinations cannot make it touch the 32 MiB of a full table.
/// </remarks>
// SAFETY: an index is checked against the entries there are; a group's number in an entry was given out by this table.
internal sealed unsafe class Dir24_8 : IDisposable
{
    /// <summary>Largest next hop an entry can hold.</summary>
    public const int MaxNextHop = 0x7FFE;

    /// <summary>Largest number of groups an entry can name.</summary>
    public const int MaxGroups = 0x8000;

    /// <summary>Result of a lookup without a route.</summary>
    public const int NoRoute = -1;

    private const int GroupEntries = 256;
    private const ushort GroupFlag = 0x8000;

    private readonly int _maxGroups;
    private readonly uint _first;
    private readonly uint _entries;
    private ushort* _tbl24;
    private ushort* _tbl8;
    private int _default = NoRoute;

    /// <summary>Builds the table; of two routes with one prefix the later counts.</summary>
    /// <param name="routes">Routes in any order.</param>
    /// <param name="maxGroups">Most /24 networks that may hold longer prefixes, 1 .. <see cref="MaxGroups"/>.</param>
    /// <exception cref="ArgumentException">A route is malformed.</exception>
    /// <exception cref="RouteTableFullException">The routes need more groups.</exception>
    /// <exception cref="InsufficientMemoryException">The memory cannot be had.</exception>
    public Dir24_8(ReadOnlySpan<Route> routes, int maxGroups)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxGroups, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxGroups, MaxGroups);
        _maxGroups = maxGroups;
        uint last = 0;
        _first = uint.MaxValue;
        foreach (Route route in routes)
        {
            Check(route);
            if (route.Length > 0)
            {
                _first = Math.Min(_first, route.Prefix >> 8);
                last = Math.Max(last, (route.Prefix | ~Route.Mask(route.Length)) >> 8);
            }
        }

        _entries = _first <= last ? last - _first + 1 : 0;
        try
        {
            _tbl24 = Reserve((int)Math.Max(1, _entries));
            _tbl8 = Reserve(maxGroups * GroupEntries);
            for (int length = 0; length <= 32; length++)
            {
                foreach (Route route in routes)
                {
                    if (route.Length == length)
                    {
                        Add(route);
                    }
                }
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Groups in use.</summary>
    public int Groups { get; private set; }

    /// <summary>Next hop of an address, host order; <see cref="NoRoute"/> when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Lookup(uint address)
    {
        uint index = (address >> 8) - _first;
        if (index >= _entries)
        {
            return _default;
        }

        uint entry = _tbl24[index];
        if ((entry & GroupFlag) != 0)
        {
            entry = _tbl8[((entry & ~(uint)GroupFlag) * GroupEntries) + (byte)address];
        }

        return entry == 0 ? _default : (int)entry - 1;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Release(ref _tbl24, (int)Math.Max(1, _entries));
        Release(ref _tbl8, _maxGroups * GroupEntries);
    }

    private static void Check(Route route)
    {
        if (route.Length is < 0 or > 32 || (route.Prefix & ~Route.Mask(route.Length)) != 0 || route.NextHop is < 0 or > MaxNextHop)
        {
            throw new ArgumentException(
                $"Route {route}: the length must lie in 0..32, host bits must be 0 and the next hop must lie in 0..{MaxNextHop}.");
        }
    }

    private void Add(Route route)
    {
        ushort entry = (ushort)(route.NextHop + 1);
        if (route.Length == 0)
        {
            _default = route.NextHop;
        }
        else if (route.Length <= 24)
        {
            new Span<ushort>(_tbl24 + ((route.Prefix >> 8) - _first), 1 << (24 - route.Length)).Fill(entry);
        }
        else
        {
            ushort* group = Group(route);
            new Span<ushort>(group + (byte)route.Prefix, 1 << (32 - route.Length)).Fill(entry);
        }
    }

    private ushort* Group(Route route)
    {
        ushort* slot = _tbl24 + ((route.Prefix >> 8) - _first);
        if ((*slot & GroupFlag) == 0)
        {
            if (Groups == _maxGroups)
            {
                throw new RouteTableFullException(
                    $"Route {route} needs one more group of 256 entries and all {_maxGroups} are taken. Use fewer routes longer than /24, or more groups.");
            }

            new Span<ushort>(_tbl8 + (Groups * GroupEntries), GroupEntries).Fill(*slot);
            *slot = (ushort)(GroupFlag | Groups++);
        }

        return _tbl8 + ((*slot & ~GroupFlag) * GroupEntries);
    }

    private static ushort* Reserve(int entries)
    {
        void* memory = LibC.mmap(null, (nuint)entries * sizeof(ushort), LibC.PROT_READ | LibC.PROT_WRITE,
            LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS | LibC.MAP_NORESERVE, -1, 0);
        return memory != LibC.MAP_FAILED
            ? (ushort*)memory
            : throw new InsufficientMemoryException($"Mapping {(long)entries * sizeof(ushort)} bytes for the route table: {LibC.strerror(LibC.errno)}.");
    }

    private static void Release(ref ushort* table, int entries)
    {
        if (table != null)
        {
            _ = LibC.munmap(table, (nuint)entries * sizeof(ushort));
            table = null;
        }
    }
}
