using PollScale.Native;

namespace PollScale.HostStub.Daemon.Endpoints;

/// <summary>What channels need of the system.</summary>
internal static class ChannelResources
{
    /// <summary>Descriptors of any process of this program: the runtime and its libraries hold some 80, a micro-VM with traffic some 40, and files are open for moments.</summary>
    public const int OfProcess = 192;

    // Of a shard: its epoll, its event and its timer. Of a core under cpufreq: up to eight files, and its lease's mark.
    private const int OfShard = 3, OfCore = 12;

    // Of a region: its socket, its peer and its memory; and a doorbell for each vCPU.
    private const int OfRegion = 3;

    // The peer, and what it connects to.
    private const int OfChannel = 2;

    /// <summary>What to do about an error number.</summary>
    public static string Remedy(int error) => error switch
    {
        LibC.EMFILE => "hoststub may open no more files: raise LimitNOFILE= of its unit, or ulimit -n.",
        LibC.ENFILE => "The machine may open no more files: raise /proc/sys/fs/file-max.",
        _ => "It is tried again.",
    };

    /// <summary>Makes sure that there may be enough descriptors, before anything needs them.</summary>
    /// <param name="channels">Channels, each with a peer.</param>
    /// <param name="shards">Threads that serve them.</param>
    /// <param name="cores">Cores whose real frequency is set.</param>
    /// <param name="regions">Guests with a region.</param>
    /// <param name="doorbells">Doorbells of those regions, and threads observed beside them.</param>
    /// <exception cref="ChannelException">There may not be.</exception>
    public static void Check(int channels, int shards, int cores, int regions = 0, int doorbells = 0)
    {
        int needed = OfProcess + (channels * OfChannel) + (shards * OfShard) + (cores * OfCore) + (regions * OfRegion) + doorbells;
        ulong limit = DescriptorLimit.Raise();
        if ((ulong)needed > limit)
        {
            throw new ChannelException($"All channels and cores together need about {needed} open files, and this process may have {limit}: set LimitNOFILE={needed} or more in the unit, or raise ulimit -Hn.");
        }
    }
}
