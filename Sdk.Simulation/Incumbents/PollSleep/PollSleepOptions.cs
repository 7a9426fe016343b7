using PollScale.Governors;
using static PollScale.Governors.Spans;

namespace PollScale.Simulation.Incumbents;

/// <summary>Settings of a <see cref="PollSleepGovernor"/>. The sleep is what published configurations of VPP take most often: it is 0 unless set.</summary>
internal sealed record PollSleepOptions
{
    internal static GovernorSettings<PollSleepOptions> Declared { get; } = new GovernorSettings<PollSleepOptions>()
        .Time("sleep", Us(0), Us(10_000), "sleep after each turn of the main loop", o => o.Sleep, (o, v) => o with { Sleep = v })
        .Whole("frame-packets", 1, 65536, "packets", "most packets of a turn", o => o.FramePackets, (o, v) => o with { FramePackets = (uint)v })
        .Time("wake-time", Us(0), Us(1000), "from a sleep's end to the next poll", o => o.WakeTime, (o, v) => o with { WakeTime = v });

    /// <summary>Sleep after each turn of the main loop, 0 .. 10 ms; default 100 us.</summary>
    public TimeSpan Sleep { get; init; } = TimeSpan.FromMicroseconds(100);

    /// <summary>Most packets of a turn, 1 .. 65536; default 256, a frame.</summary>
    public uint FramePackets { get; init; } = 256;

    /// <summary>
    /// From a sleep's end to the next poll, 0 .. 1 ms; default 55 us: the kernel's timer slack of 50 us (prctl(2)), which VPP leaves as it is,
    /// and 5 us as <see cref="PmdSleepOptions.WakeTime"/> says.
    /// </summary>
    public TimeSpan WakeTime { get; init; } = TimeSpan.FromMicroseconds(55);

    internal void Validate() => Declared.Validate(this);
}
