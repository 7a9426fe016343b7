using System.Globalization;
using System.Numerics;
using PollScale.Memif;

namespace PollScale.HostStub.Traffic;

/// <summary>The region that a run's frames ask for.</summary>
/// <param name="Layout">Where its parts lie.</param>
/// <param name="Note">Why the ring is smaller than usual; null when it is not.</param>
internal sealed record RingPlan(PacketRegionLayout Layout, string? Note)
{
    /// <summary>Most bytes of packet buffers that are taken without being asked for: 1 GiB.</summary>
    public const long UsualBytes = 1L << 30;

    private const int DefaultFrame = 2048 - PacketRegionLayout.BufferHeadroom;
    private const int MemoryShare = 4;

    /// <summary>Lays out a region whose every buffer takes the longest frame.</summary>
    /// <param name="log2Ring">Log2 of the rx and the tx ring's size.</param>
    /// <param name="isAsked">The user asked for this ring: it is used or refused. Else a smaller one is taken where its buffers need too much memory.</param>
    /// <param name="longestFrame">Bytes of the longest frame; null without traffic.</param>
    /// <param name="memory">Bytes of memory that this process may use; null for what the runtime knows.</param>
    /// <exception cref="TrafficException">The ring does not fit into a region; the message says which would.</exception>
    public static RingPlan Make(int log2Ring, bool isAsked, int? longestFrame, long? memory = null)
    {
        int frame = longestFrame ?? DefaultFrame;
        int buffer = BufferSize(frame);
        if (buffer > PacketRegionLayout.MaxBufferSize)
        {
            throw new TrafficException($"The longest frame has {frame} bytes; a buffer takes at most {PacketRegionLayout.MaxBufferSize - PacketRegionLayout.BufferHeadroom}.");
        }

        long most = Math.Min(UsualBytes, (memory ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) / MemoryShare);
        int fitting = log2Ring;
        while (fitting > PacketRegionLayout.MinLog2RingSize && Bytes(fitting, buffer) > most)
        {
            fitting--;
        }

        int used = isAsked ? log2Ring : fitting;
        try
        {
            PacketRegionLayout layout = PacketRegionLayout.Create(used, used, buffer);
            return new RingPlan(layout, used == log2Ring ? null : string.Create(
                CultureInfo.InvariantCulture,
                $"The rings have {1 << used:N0} descriptors instead of {1 << log2Ring:N0}: the longest frame has {frame:N0} bytes, every buffer takes one, and the buffers shall not exceed {most >> 20:N0} MiB. --ring asks for another size."));
        }
        catch (ArgumentException e)
        {
            throw new TrafficException(
                $"A ring of {1 << log2Ring} does not go with frames of {frame} bytes: its buffers, {buffer} bytes each for rx and tx, exceed the 2 GiB of a packet region. Use --ring {1 << fitting}, or leave --ring out.", e);
        }
    }

    /// <summary>Smallest buffer that takes a frame, see <see cref="PacketRegionLayout.BufferSize"/>.</summary>
    public static int BufferSize(int frame) =>
        Math.Max(PacketRegionLayout.MinBufferSize, (int)BitOperations.RoundUpToPowerOf2((uint)frame + PacketRegionLayout.BufferHeadroom));

    private static long Bytes(int log2Ring, int buffer) => 2L * buffer << log2Ring;
}
