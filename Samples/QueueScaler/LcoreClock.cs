using System.Runtime.CompilerServices;
using PollScale.Clock;
using PollScale.Transports;

namespace PollScale.Samples.QueueScaler;

/// <summary>The lcore's TSC, and the stretch that its host shows or, with <paramref name="slowed"/>, that of the P-state granted to it last.</summary>
internal readonly struct LcoreClock(IFrequencyTransport transport, LcoreScaler? slowed = null) : IWorkClock
{
    private readonly IFrequencyTransport _transport = transport;
    private readonly LcoreScaler? _slowed = slowed;

    /// <inheritdoc />
    public ulong Ticks
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TscClock.Now;
    }

    /// <inheritdoc />
    public uint StretchQ16 => _slowed is null ? _transport.StretchQ16 : (uint)(((ulong)_transport.PStates[0] << 16) / _transport.PStates[_slowed.LastGranted]);
}
