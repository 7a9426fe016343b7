using PollScale.Governors;
using PollScale.Notation;

namespace PollScale.Simulation.Incumbents;

/// <summary>Settings of a <see cref="SpeedScalingGovernor"/>.</summary>
internal sealed record SpeedScalingOptions
{
    internal static GovernorSettings<SpeedScalingOptions> Declared { get; } = new GovernorSettings<SpeedScalingOptions>
    {
        Together = Fit,
    }
        .Number("packets-at-max", Quantity.Number, 1, 65536, "packets", "backlog that is worth the fastest", o => o.PacketsAtMax, (o, v) => o with { PacketsAtMax = v }, "64")
        .Number("beta", Quantity.Number, 1e-6, 1000, "", "power a packet is worth, of the fastest's or W", o => o.Beta, (o, v) => o with { Beta = v }, "by packets-at-max")
        .Number("alpha", Quantity.Number, 1, 10, "", "exponent of the power function", o => o.Alpha, (o, v) => o with { Alpha = v })
        .Other(new NumbersSetting<SpeedScalingOptions>("watts", "W/W/.., falling, one a P-state", "speed^alpha", "power of each P-state", o => o.Watts, (o, v) => o with { Watts = v }), nameof(Watts));

    /// <summary>Backlog that is worth the fastest P-state, 1 .. 65536 packets; null takes 64, or what <see cref="Beta"/> makes of it. Not together with <see cref="Beta"/>.</summary>
    public double? PacketsAtMax { get; init; }

    /// <summary>
    /// Price of delay, 1e-6 .. 1000: power that one packet in the ring is worth, in W with <see cref="Watts"/>, else in shares of the fastest
    /// P-state's power. Null follows <see cref="PacketsAtMax"/>.
    /// </summary>
    public double? Beta { get; init; }

    /// <summary>Exponent of the power function P(s) = s^alpha, 1 .. 10; default 3. Not used with <see cref="Watts"/>.</summary>
    public double Alpha { get; init; } = 3;

    /// <summary>Power of each P-state in W, index 0 first, above 0 and falling with the index; null takes s^<see cref="Alpha"/>.</summary>
    public IReadOnlyList<double>? Watts { get; init; }

    internal void Validate() => Declared.Validate(this);

    private static OptionFault? Fit(SpeedScalingOptions options)
    {
        if (options.Beta is not null && options.PacketsAtMax is not null)
        {
            return new OptionFault(nameof(Beta), options.Beta, "null where PacketsAtMax is given: each follows from the other");
        }

        return NumbersSetting<SpeedScalingOptions>.Falling(options.Watts, nameof(Watts));
    }
}
