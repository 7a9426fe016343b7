using PollScale.Native;

namespace PollScale.HostStub.Daemon.Endpoints;

/// <summary>What channels need of the system.</summary>
internal static class ChannelResources
{
    /// <summary>Descriptors of any process of this program: the runtime and its libraries hold some 80, a micro-VM with traffic some 40, and files are open for moments.</summary>
    public const int OfProcess = 192;

    // Of a shard: its epoll and its event. Of a core under cpufreq: up to eight files, and its lease's mark.
    private const int OfShard = 2, OfCore = 12;

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
    /// <exception cref="ChannelException">There may not be.</exception>
    public static void Check(int channels, int shards, int cores)
    {
        int needed = OfProcess + (channels * OfChannel) + (shards * OfShard) + (cores * OfCore);
        ulong limit = DescriptorLimit.Raise();
        if ((ulong)needed > limit)
        {
            throw new ChannelException($"All channels and cores together need about {needed} open files, and this process may have {limit}: set LimitNOFILE={needed} or more in the unit, or raise ulimit -Hn.");
        }
    }
}
