namespace PollScale.Governors;

/// <summary>Settings of a <see cref="PmdScaleGovernor"/>. The default is DPDK's.</summary>
internal sealed record PmdScaleOptions
{
    /// <summary>Empty polls in a row above which the slowest P-state follows, 1 .. 1000000; default 512.</summary>
    public uint MaxEmptyPolls { get; init; } = 512;

    internal void Validate() =>
        OptionCheck.Require(MaxEmptyPolls is >= 1 and <= 1_000_000, nameof(PmdScaleOptions), nameof(MaxEmptyPolls), MaxEmptyPolls, "1 .. 1000000 polls");
}
