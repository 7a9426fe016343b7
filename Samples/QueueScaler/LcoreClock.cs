using System.Runtime.CompilerServices;
using PollScale.Clock;
using PollScale.Transports;

namespace PollScale.Samples.QueueScaler;

/// <summary>The lcore's TSC and the stretch that its host shows.</summary>
internal readonly struct LcoreClock(IFrequencyTransport transport) : IWorkClock
{
    private readonly IFrequencyTransport _transport = transport;

    /// <inheritdoc />
    public ulong Ticks
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TscClock.Now;
    }

    /// <inheritdoc />
    public uint StretchQ16 => _transport.StretchQ16;
}
