using PollScale.HostStub.Traffic.Frames;

namespace PollScale.HostStub.Traffic.Pcap;

/// <summary>A whole capture in memory, so that a replay waits for no disk.</summary>
internal sealed class PcapTrace : IFrameSource
{
    /// <summary>Most bytes of memory a capture takes unless told otherwise: 1 GiB.</summary>
    public const long DefaultLimit = 1L << 30;

    private const int LargestFrame = 131072 - Memif.PacketRegionLayout.BufferHeadroom;
    private readonly FrameStore _frames = new();
    private readonly List<long> _times = [];
    private int _next;

    private PcapTrace(string path) => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Packets.</summary>
    public int Count => _frames.Count;

    /// <summary>Bytes of the longest frame.</summary>
    public int MaxLength => _frames.MaxLength;

    /// <summary>Time between the first and the last packet, ns.</summary>
    public long DurationNs => _times[^1];

    /// <summary>Packets that the capture's snap length cut: they are sent as long as they were captured.</summary>
    public int CutPackets { get; private set; }

    /// <summary>Packets stamped earlier than the one before them: they are sent at that one's time.</summary>
    public int ClampedTimes { get; private set; }

    /// <summary>Why the end of the file was not used, when it is cut off or damaged; else null.</summary>
    public string? Damage { get; private set; }

    /// <summary>Loads a capture.</summary>
    /// <param name="path">A pcap or pcapng file of Ethernet frames.</param>
    /// <param name="limit">Most bytes of memory to use.</param>
    /// <exception cref="PcapException">It cannot be read, holds no packet, or is larger than <paramref name="limit"/>.</exception>
    public static PcapTrace Load(string path, long limit = DefaultLimit)
    {
        using PcapReader reader = PcapReader.Open(path);
        PcapTrace trace = new(path);
        try
        {
            trace.Fill(reader, limit);
            return trace;
        }
        catch
        {
            trace.Dispose();
            throw;
        }
    }

    /// <summary>Time of a packet since the first, ns; never below the one before.</summary>
    public long TimeNs(int index) => _times[index];

    /// <summary>A packet.</summary>
    public FrameRef this[int index] => _frames[index];

    public FrameRef Next()
    {
        FrameRef frame = _frames[_next];
        _next = _next + 1 == _frames.Count ? 0 : _next + 1;
        return frame;
    }

    public void Dispose() => _frames.Dispose();

    private void Fill(PcapReader reader, long limit)
    {
        long first = 0;
        long last = 0;
        while (reader.TryRead(out ReadOnlySpan<byte> frame, out long time, out uint length))
        {
            if (frame.Length > LargestFrame)
            {
                throw new PcapException($"Packet {Count + 1} of {Path} has {frame.Length} bytes; a buffer takes at most {LargestFrame}. Capture with segmentation offload off (ethtool -K DEV tso off gso off gro off).");
            }

            if (Count == 0)
            {
                first = time;
            }

            CutPackets += frame.Length < length ? 1 : 0;
            ClampedTimes += time - first < last ? 1 : 0;
            last = Math.Max(last, time - first);
            _frames.Add(frame);
            _times.Add(last);
            if (_frames.Bytes + ((long)_times.Count * sizeof(long)) > limit)
            {
                throw new PcapException($"{Path} needs more than the {limit >> 20} MiB a replay may hold in memory; it was read up to packet {Count}. Cut it (editcap -c) or raise the limit.");
            }
        }

        Damage = reader.Damage;
        if (Count == 0)
        {
            throw new PcapException(Damage is null
                ? $"{Path} is a capture without a packet: there is nothing to replay."
                : $"{Path} is cut off or damaged before its first packet ended: {Damage}.");
        }
    }
}
