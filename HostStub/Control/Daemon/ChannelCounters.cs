using PollScale.HostStub.Daemon.Protocol;
using PollScale.Telemetry;

namespace PollScale.HostStub.Daemon;

/// <summary>Counts of one channel. One writer, the thread of the channel's shard; readers see each count whole.</summary>
internal sealed class ChannelCounters
{
    private readonly ulong[] _answers = new ulong[(int)AnswerKind.Silent + 1];
    private volatile LatencyFigures _figures = LatencyFigures.None;
    private ulong _torn, _resyncs, _discarded, _dropped, _connects, _refusedPeers;

    /// <summary>Time from the wake-up that brought a request to its reply being written or queued, in ns.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>What is shown of <see cref="Latency"/>; of a channel that is idle it is not worked out again.</summary>
    public LatencyFigures Figures()
    {
        ulong requests = Requests;
        if (_figures is var known && known.Count == requests)
        {
            return known;
        }

        return _figures = LatencyFigures.Of(Latency.Snapshot());
    }

    /// <summary>Packets with one outcome.</summary>
    public ulong this[AnswerKind kind] => Volatile.Read(ref _answers[(int)kind]);

    /// <summary>Packets taken.</summary>
    public ulong Requests
    {
        get
        {
            ulong sum = 0;
            for (int i = 0; i < _answers.Length; i++)
            {
                sum += Volatile.Read(ref _answers[i]);
            }

            return sum;
        }
    }

    /// <summary>Packets given up because their rest did not come in time.</summary>
    public ulong Torn => Volatile.Read(ref _torn);

    /// <summary>Times the stream was misaligned and the next packet was found again.</summary>
    public ulong Resyncs => Volatile.Read(ref _resyncs);

    /// <summary>Bytes that belonged to no packet.</summary>
    public ulong Discarded => Volatile.Read(ref _discarded);

    /// <summary>Replies given up because the guest did not read.</summary>
    public ulong Dropped => Volatile.Read(ref _dropped);

    /// <summary>Connections so far.</summary>
    public ulong Connects => Volatile.Read(ref _connects);

    /// <summary>Peers turned away because the channel had one.</summary>
    public ulong RefusedPeers => Volatile.Read(ref _refusedPeers);

    public void Count(AnswerKind kind) => Add(ref _answers[(int)kind], 1);

    public void CountTorn() => Add(ref _torn, 1);

    public void CountConnect() => Add(ref _connects, 1);

    public void CountRefusedPeer() => Add(ref _refusedPeers, 1);

    /// <summary>Takes over the running counts of a channel's parts.</summary>
    public void Publish(PacketFramer framer, ReplyQueue replies)
    {
        Volatile.Write(ref _resyncs, framer.Resyncs);
        Volatile.Write(ref _discarded, framer.Discarded);
        Volatile.Write(ref _dropped, replies.Dropped);
    }

    private static void Add(ref ulong count, ulong more) => Volatile.Write(ref count, count + more);
}
