using PollScale.HostStub.Traffic.Frames;
using PollScale.HostStub.Traffic.Pcap;
using PollScale.HostStub.Traffic.Profiles;

namespace PollScale.HostStub.Traffic;

/// <summary>What to send, and when.</summary>
/// <param name="Profile">Send times.</param>
/// <param name="Frames">Frames, as many as the profile has packets.</param>
/// <param name="Trace">The capture when it is a replay.</param>
internal sealed record TrafficSource(ITrafficProfile Profile, IFrameSource Frames, PcapTrace? Trace) : IDisposable
{
    /// <summary>Smallest buffer size of a region that takes every frame, see <see cref="Memif.PacketRegionLayout.BufferSize"/>.</summary>
    public int BufferSize => RingPlan.BufferSize(Frames.MaxLength);

    /// <summary>The replay of a capture.</summary>
    /// <param name="name">In the words of the command line.</param>
    /// <param name="trace">The capture; the source disposes of it.</param>
    /// <param name="speed">As of <see cref="PcapProfile"/>.</param>
    public static TrafficSource Replay(string name, PcapTrace trace, double speed) => new(new PcapProfile(name, trace, speed), trace, trace);

    /// <summary>Reads a traffic description and prepares its frames; a capture is loaded whole.</summary>
    /// <param name="text">A workload or traffic model as <see cref="TrafficProfile.Parse"/> takes it, or a <see cref="PcapSpec"/>.</param>
    /// <param name="sizes">Frame sizes; a replay keeps its own.</param>
    /// <param name="malformedFraction">Share of malformed frames, 0 .. 1; a replay has its own.</param>
    /// <param name="seed">The same seed gives the same traffic.</param>
    /// <param name="pcapLimit">Most bytes of memory a capture may take.</param>
    /// <param name="stop">Asked now and then while a capture is read; true gives up.</param>
    /// <exception cref="TrafficFormatException">The description is not valid.</exception>
    /// <exception cref="PcapException">The capture cannot be used.</exception>
    public static TrafficSource Parse(string text, FrameSizes sizes, double malformedFraction, ulong seed, long pcapLimit = PcapTrace.DefaultLimit, Func<bool>? stop = null)
    {
        if (!PcapSpec.Is(text))
        {
            return new TrafficSource(TrafficProfile.Parse(text, seed), new FramePool(sizes, malformedFraction, seed), null);
        }

        PcapSpec spec = PcapSpec.Parse(text);
        return malformedFraction > 0
            ? throw new TrafficFormatException("A replay sends the capture's frames as they are and cannot take malformed ones as well: leave --malformed out.")
            : Replay(text, PcapTrace.Load(spec.File, pcapLimit, stop), spec.Speed);
    }

    public void Dispose() => Frames.Dispose();
}
