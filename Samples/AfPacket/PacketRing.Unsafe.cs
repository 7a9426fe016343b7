using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace PollScale.Samples.AfPacket;

/// <summary>
/// The rx ring that the kernel shares with a packet socket, TPACKET_V2: a frame is there as soon as the kernel has written it, as in a NIC's ring, and how many wait can be seen.
/// Of TPACKET_V3 a whole block is handed over when it is full or its time is up, which a poll loop has no use for.
/// </summary>
internal sealed unsafe partial class PacketRing : IDisposable // SAFETY: Frame() is the only pointer made, below Frames, and the mapping of Frames * FrameBytes lives until Dispose
{
    /// <summary>Frames that it holds; a power of two.</summary>
    public const int Frames = 4096;
    private const int FrameBytes = 2048, BlockBytes = 1 << 16;

    // linux/if_packet.h
    private const int SolPacket = 263, RxRing = 5, Statistics = 6, Version = 10, IgnoreOutgoing = 23;
    private const uint StatusUser = 1;
    private readonly Socket _socket;
    private readonly byte* _frames;
    private int _next;

    /// <summary>Opens it; frames come from now on.</summary>
    /// <exception cref="IOException">The interface is missing, or this user may not.</exception>
    public PacketRing(string name)
    {
        (_socket, LinkEndPoint link) = LinkEndPoint.Open(name, LinkEndPoint.Every);
        try
        {
            Set(Version, 1); // TPACKET_V2
            Set(RxRing, BlockBytes, Frames * FrameBytes / BlockBytes, FrameBytes, Frames);
            Set(IgnoreOutgoing, 1);
            nint memory = mmap(0, Frames * FrameBytes, Read | Write, Shared | Populate, (int)_socket.Handle, 0);
            if (memory == -1)
            {
                Dispose();
                throw new IOException($"The ring of {name} cannot be mapped: {Marshal.GetLastPInvokeErrorMessage()}.");
            }

            _frames = (byte*)memory;
            _socket.Bind(link);
        }
        catch (SocketException e)
        {
            Dispose();
            throw new IOException($"{name} gives no packet ring of {Frames} frames: {e.Message}.", e);
        }
    }

    /// <summary>The socket, which can be read while a frame waits.</summary>
    public SafeHandle Descriptor => _socket.SafeHandle;

    /// <summary>Frames that wait. They lie in a row, so that half of what is in doubt is ruled out by each look.</summary>
    public int Backlog
    {
        get
        {
            int least = 0, most = Frames;
            while (least < most)
            {
                int middle = (least + most) / 2;
                (least, most) = Waits(_next + middle) ? (middle + 1, most) : (least, middle);
            }

            return least;
        }
    }

    /// <summary>Looks at the oldest frame.</summary>
    /// <param name="frame">It, until <see cref="Release"/>.</param>
    /// <returns>False when none waits.</returns>
    public bool TryPeek(out ReadOnlySpan<byte> frame)
    {
        frame = default;
        if (!Waits(_next))
        {
            return false;
        }

        byte* header = Frame(_next);
        int offset = *(ushort*)(header + 12), length = *(int*)(header + 8); // tp_mac, tp_snaplen
        frame = new ReadOnlySpan<byte>(header + offset, Math.Clamp(length, 0, FrameBytes - Math.Min(offset, FrameBytes)));
        return true;
    }

    /// <summary>Gives the oldest frame back to the kernel.</summary>
    public void Release() => Volatile.Write(ref *(uint*)Frame(_next++), 0);

    /// <summary>What the kernel counted since the last look: packets for the ring, and those of them that found it full.</summary>
    public (uint Came, uint Dropped) Count()
    {
        Span<uint> counts = stackalloc uint[2];
        _ = _socket.GetRawSocketOption(SolPacket, Statistics, MemoryMarshal.AsBytes(counts));
        return (counts[0], counts[1]);
    }

    public void Dispose()
    {
        if (_frames != null)
        {
            _ = munmap((nint)_frames, Frames * FrameBytes);
        }

        _socket.Dispose();
    }

    private bool Waits(int frame) => (Volatile.Read(ref *(uint*)Frame(frame)) & StatusUser) != 0;

    private byte* Frame(int frame) => _frames + ((frame & (Frames - 1)) * FrameBytes);

    private void Set(int option, params ReadOnlySpan<int> values) => _socket.SetRawSocketOption(SolPacket, option, MemoryMarshal.AsBytes(values));

    private const int Read = 1, Write = 2, Shared = 1, Populate = 0x8000;

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint mmap(nint address, nint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc")]
    private static partial int munmap(nint address, nint length);
}
