using PollScale.Hypercall;

namespace PollScale.Governors;

/// <summary>Settings of a <see cref="FixedGovernor"/> that the catalog makes.</summary>
internal sealed record FixedOptions
{
    /// <summary>Settings of a governor that takes none.</summary>
    internal static GovernorSettings<FixedOptions> None { get; } = new();

    /// <summary>The settings of "index".</summary>
    internal static GovernorSettings<FixedOptions> Declared { get; } = new GovernorSettings<FixedOptions>
    {
        Together = o => o.PState is null ? new OptionFault(nameof(PState), null, "given, as in index:5") : null,
        TakesValue = true,
    }
        .Whole("p-state", 0, HypercallAbi.MaxPStates - 1, "", "index, 0 the fastest", o => o.PState, (o, v) => o with { PState = (int)v }, "none");

    /// <summary>The P-state held, 0 .. 63; null where none is given.</summary>
    public int? PState { get; init; }
}
