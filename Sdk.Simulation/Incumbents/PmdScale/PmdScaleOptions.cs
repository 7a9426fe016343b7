using PollScale.Governors;

namespace PollScale.Simulation.Incumbents;

/// <summary>Settings of a <see cref="PmdScaleGovernor"/>. The default is DPDK's.</summary>
internal sealed record PmdScaleOptions
{
    internal static GovernorSettings<PmdScaleOptions> Declared { get; } = new GovernorSettings<PmdScaleOptions>()
        .Whole("max-empty-polls", 1, 1_000_000, "polls", "empty polls above which the slowest follows", o => o.MaxEmptyPolls, (o, v) => o with { MaxEmptyPolls = (uint)v });

    /// <summary>Empty polls in a row above which the slowest P-state follows, 1 .. 1000000; default 512.</summary>
    public uint MaxEmptyPolls { get; init; } = 512;

    internal void Validate() => Declared.Validate(this);
}
