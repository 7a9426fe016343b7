using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Shards;
using PollScale.Native;
using PollScale.Telemetry;
using PollScale.Tests.Shared.Control;

namespace PollScale.HostStub.Tests.Channels.Answered;

/// <summary>Holds the shard that is to watch it until its disposal.</summary>
internal sealed class HeldShard : IShardWatch, IDisposable
{
    private readonly ManualResetEvent _end = new(false);

    public StreamDescriptor Descriptor { get; } = new WakeEvent().Descriptor;

    public LatencyHistogram? Recorder
    {
        set => _end.WaitOne(ChannelLab.Patience);
    }

    public bool IsPaused => false;

    public bool Spins => false;

    public Deadline Due => Deadline.Never;

    public void Look(ulong wokenTsc)
    {
    }

    public void Resume()
    {
    }

    public void Tick(ulong tsc)
    {
    }

    public void Dispose() => _end.Set(); // the shard has the rest until its end
}
