using PollScale.Governors;
using static PollScale.Governors.Spans;

namespace PollScale.Simulation.Incumbents;

/// <summary>Settings of a <see cref="PmdPauseGovernor"/>. The defaults are DPDK's.</summary>
internal sealed record PmdPauseOptions
{
    internal static GovernorSettings<PmdPauseOptions> Declared { get; } = new GovernorSettings<PmdPauseOptions>()
        .Whole("max-empty-polls", 1, 1_000_000, "polls", "empty polls above which each is followed by a pause", o => o.MaxEmptyPolls, (o, v) => o with { MaxEmptyPolls = (uint)v })
        .Time("pause", Us(0), Us(1000), "length of a pause", o => o.Pause, (o, v) => o with { Pause = v })
        .Switch("tpause", "pauses by TPAUSE, and not by a loop of PAUSE", o => o.Tpause, (o, v) => o with { Tpause = v });

    /// <summary>Empty polls in a row above which each is followed by a pause, 1 .. 1000000; default 512.</summary>
    public uint MaxEmptyPolls { get; init; } = 512;

    /// <summary>Length of a pause, 0 .. 1 ms; default 1 us.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMicroseconds(1);

    /// <summary>
    /// The CPU has TPAUSE (WAITPKG), in a guest only where the host gives it: the pause is a sleep. Off, a pause is a loop that draws what polling
    /// draws, and nothing is saved but polls. Default on.
    /// </summary>
    public bool Tpause { get; init; } = true;

    internal void Validate() => Declared.Validate(this);
}
