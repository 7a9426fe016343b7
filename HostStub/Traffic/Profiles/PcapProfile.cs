using System.Runtime.CompilerServices;
using PollScale.HostStub.Traffic.Pcap;

namespace PollScale.HostStub.Traffic.Profiles;

/// <summary>The recorded times of a capture, scaled.</summary>
/// <param name="name">As the user wrote it.</param>
/// <param name="trace">The capture.</param>
/// <param name="speed">1 = as recorded, 2 = twice as fast; infinity = every packet as soon as the wire is free.</param>
internal sealed class PcapProfile(string name, PcapTrace trace, double speed) : ITrafficProfile
{
    private int _next;

    public string Name => name;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public long Next() => _next == trace.Count ? ITrafficProfile.End : (long)Math.Min(trace.TimeNs(_next++) / speed, ITrafficProfile.End - 1.0e6);
}
