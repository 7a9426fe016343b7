using PollScale.HostStub.Traffic.Frames;

namespace PollScale.HostStub.Traffic.Pcap;

/// <summary>A whole capture in memory, as Ethernet frames, so that a replay waits for no disk.</summary>
internal sealed class PcapTrace : IFrameSource
{
    /// <summary>Most bytes of memory a capture takes unless told otherwise: 1 GiB.</summary>
    public const long DefaultLimit = 1L << 30;

    private const int PacketsPerLook = 1024;
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

    /// <summary>Bytes of all frames, without FCS.</summary>
    public long FrameBytes { get; private set; }

    /// <summary>Time between the first and the last packet, ns.</summary>
    public long DurationNs => _times[^1];

    /// <summary>What is peculiar about its packets.</summary>
    public CaptureFacts Facts { get; } = new();

    /// <summary>libpcap's name of its link type.</summary>
    public string LinkName { get; private set; } = "";

    /// <summary>True when the packets had no Ethernet header and were given one.</summary>
    public bool IsMadeUp { get; private set; }

    /// <summary>Packets whose time stamp is no time that can be replayed.</summary>
    public long StrangeTimes { get; private set; }

    /// <summary>Why the end of the file was not used, when it is cut off or damaged; else null.</summary>
    public string? Damage { get; private set; }

    /// <summary>Loads a capture.</summary>
    /// <param name="path">A pcap or pcapng file of one of <see cref="LinkLayer.Known"/>, as it is or packed by gzip.</param>
    /// <param name="limit">Most bytes of memory to use.</param>
    /// <param name="stop">Asked now and then; true gives up.</param>
    /// <exception cref="PcapException">It cannot be read, holds no packet, or is larger than <paramref name="limit"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> said so.</exception>
    public static PcapTrace Load(string path, long limit = DefaultLimit, Func<bool>? stop = null)
    {
        using PcapReader reader = PcapReader.Open(path);
        LinkLayer link = LinkLayer.Of(reader.LinkType)
            ?? throw new PcapException($"{path} holds packets of link type {reader.LinkType} ({reader.LinkName}), of which no Ethernet frames can be made. Those that can: {LinkLayer.Known}.");
        PcapTrace trace = new(path) { LinkName = reader.LinkName, IsMadeUp = link.IsMadeUp };
        try
        {
            trace.Fill(reader, link, limit, stop);
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

    private void Fill(PcapReader reader, LinkLayer link, long limit, Func<bool>? stop)
    {
        long first = 0;
        while (reader.TryRead(out ReadOnlySpan<byte> packet, out long time, out uint length))
        {
            first = Count == 0 ? time : first;
            ReadOnlySpan<byte> frame = link.Frame(packet);
            _times.Add(Facts.Count(frame, packet.Length, length, time - first));
            _frames.Add(frame);
            FrameBytes += frame.Length;
            if (_frames.Bytes + ((long)_times.Count * sizeof(long)) > limit)
            {
                throw new PcapException($"{Path} needs more than the {limit >> 20} MiB of memory that a replay may take (its frames, 64 bytes or a multiple each, and 32 bytes a packet); it was read up to packet {Count}. Replay it in parts: editcap -c {Math.Max(1, Count / 2)} {System.IO.Path.GetFileName(Path)} PART.pcap.");
            }

            if (Count % PacketsPerLook == 0 && stop?.Invoke() == true)
            {
                throw new OperationCanceledException($"Stopped while {Path} was read.");
            }
        }

        Damage = reader.Damage;
        StrangeTimes = reader.StrangeTimes;
        if (Count == 0)
        {
            throw new PcapException(Damage is null
                ? $"{Path} is a capture without a packet: there is nothing to replay."
                : $"{Path} is cut off or damaged before its first packet ended: {Damage}.");
        }
    }
}
