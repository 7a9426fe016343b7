using System.ComponentModel;
using PollScale.Native;

namespace PollScale.Memif.Control;

/// <summary>The regions that a slave has shared, each mapped as far as its file reaches.</summary>
// SAFETY: a region is mapped where its file cannot shrink below what is mapped, and a ring is looked at where all of it lies in its region.
internal sealed unsafe class PeerMemory(bool acceptUnsealed) : IDisposable
{
    /// <summary>Highest number of a region that is taken.</summary>
    public const ushort MaxRegion = 255;

    // Descriptors reach no further than 32 bits of offset and as many of length.
    private const ulong Reach = 1UL << 33;
    private const ulong Prefault = 64UL << 20;
    private const int RingAlignment = sizeof(uint);
    private const string Remedy = "leave zero-copy out on the peer, or trust it: unsealed=accept";
    private static readonly Lazy<ulong> s_ordinary = new(OrdinaryDevice, LazyThreadSafetyMode.PublicationOnly);
    private readonly List<MappedRegion> _regions = [];

    /// <summary>Regions so far.</summary>
    public int Count => _regions.Count;

    /// <summary>Regions by number.</summary>
    public MemifRegion[] Regions => [.. _regions.Select(region => new MemifRegion(region.Address, region.Length))];

    /// <summary>Maps a region.</summary>
    /// <param name="message">Number and size.</param>
    /// <param name="fd">Its file, which stays the caller's.</param>
    /// <exception cref="MemifRefusal">It is not as it must be.</exception>
    public void Add(AddRegion message, int fd)
    {
        if (message.Index > MaxRegion || message.Index != _regions.Count)
        {
            throw new MemifRefusal($"Invalid region index {message.Index}, {_regions.Count} is next");
        }

        // Seals are only ever added, so that the size which is read afterwards stays the least.
        CheckFile(fd);
        if (!FileFacts.TryRead(fd, out FileFacts facts) || !facts.IsRegular || facts.Size < message.Size || message.Size == 0)
        {
            throw new MemifRefusal($"Region {message.Index} of {message.Size} bytes has a file of {facts.Size} bytes");
        }

        try
        {
            MappedRegion region = MappedRegion.Map(fd, 0, (nuint)Math.Min(message.Size, Reach), LibC.PROT_READ | LibC.PROT_WRITE, $"region {message.Index}");
            _regions.Add(region);
            if (message.Size <= Prefault)
            {
                _ = LibC.madvise(region.Address, region.Length, LibC.MADV_POPULATE_WRITE);
            }
        }
        catch (Win32Exception e)
        {
            throw new MemifRefusal($"Region {message.Index} cannot be mapped: {LibC.strerror(e.NativeErrorCode)}");
        }
    }

    /// <summary>A ring, which lies in its region and has the cookie.</summary>
    /// <exception cref="MemifRefusal">It is not as it must be.</exception>
    public MemifRing Ring(AddRing message)
    {
        if (message.Region >= _regions.Count)
        {
            throw new MemifRefusal($"A ring lies in region {message.Region}, which is not there");
        }

        MappedRegion region = _regions[message.Region];
        if (message.Offset % RingAlignment != 0 || message.Offset > region.Length || region.Length - message.Offset < (uint)MemifAbi.RingBytes(message.Log2Size))
        {
            throw new MemifRefusal($"A ring of 2^{message.Log2Size} at {message.Offset} does not fit region {message.Region} of {region.Length} bytes");
        }

        MemifRing ring = new(region.Address + message.Offset, message.Log2Size);
        return ring.Cookie == MemifAbi.Cookie ? ring : throw new MemifRefusal("A ring has the wrong cookie");
    }

    public void Dispose() => _regions.ForEach(region => region.Dispose());

    private void CheckFile(int fd)
    {
        if (acceptUnsealed)
        {
            return;
        }

        if (LibC.fcntl(fd, LibC.F_GET_SEALS, 0) is var seals && (seals < 0 || (seals & LibC.F_SEAL_SHRINK) == 0))
        {
            throw new MemifRefusal("A region's memfd is not sealed against shrinking (F_SEAL_SHRINK)", $"a file that is cut off would end this process; {Remedy}");
        }

        // Pages that are punched out of a file come back as zeros, but for huge ones, of which there may be none left.
        if (!FileFacts.TryRead(fd, out FileFacts facts) || facts.Device != s_ordinary.Value)
        {
            throw new MemifRefusal("A region's memfd has huge pages, which its owner can take away", $"a page that is gone would end this process; {Remedy}");
        }
    }

    private static ulong OrdinaryDevice()
    {
        try
        {
            using StreamDescriptor memory = SealedMemory.Make("pollscale-memif", 1);
            return FileFacts.TryRead(memory.Fd, out FileFacts facts) ? facts.Device : 0;
        }
        catch (Win32Exception e)
        {
            throw new MemifRefusal("Out of descriptors", e.Message);
        }
    }
}
