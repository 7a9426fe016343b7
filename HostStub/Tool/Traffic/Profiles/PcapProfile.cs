using System.Runtime.CompilerServices;
using PollScale.HostStub.Traffic.Pcap;

namespace PollScale.HostStub.Traffic.Profiles;

/// <summary>The recorded times of a capture, scaled.</summary>
/// <param name="name">As the user wrote it.</param>
/// <param name="trace">The capture.</param>
/// <param name="speed">1 = as recorded, 2 = twice as fast; infinity = every packet as soon as there is room for it.</param>
internal sealed class PcapProfile(string name, PcapTrace trace, double speed) : ITrafficProfile
{
    private const double LastNs = ITrafficProfile.End - 1.0e6;
    private int _next;

    public string Name => name;

    public bool WaitsForRoom => double.IsPositiveInfinity(speed);

    /// <summary>How long the replay takes, ns; null when it goes as fast as there is room.</summary>
    public double? LengthNs => WaitsForRoom ? null : trace.DurationNs / speed;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public long Next() => _next == trace.Count ? ITrafficProfile.End : (long)Math.Min(trace.TimeNs(_next++) / speed, LastNs);
}
