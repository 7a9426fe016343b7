namespace PollScale.Governors;

/// <summary>Settings of a <see cref="SpeedScalingGovernor"/>.</summary>
internal sealed record SpeedScalingOptions
{
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

    internal void Validate()
    {
        const string Type = nameof(SpeedScalingOptions);
        OptionCheck.Require(PacketsAtMax is null or (>= 1 and <= 65536), Type, nameof(PacketsAtMax), PacketsAtMax, "1 .. 65536 packets, or null");
        OptionCheck.Require(Beta is null or (>= 1e-6 and <= 1000), Type, nameof(Beta), Beta, "0.000001 .. 1000, or null");
        OptionCheck.Require(Beta is null || PacketsAtMax is null, Type, nameof(Beta), Beta, "null where PacketsAtMax is given: each follows from the other");
        OptionCheck.Require(Alpha is >= 1 and <= 10, Type, nameof(Alpha), Alpha, "1 .. 10");
        for (int i = 0; Watts is not null && i < Watts.Count; i++)
        {
            bool falls = i == 0 || Watts[i] < Watts[i - 1];
            OptionCheck.Require(Watts[i] > 0 && double.IsFinite(Watts[i]) && falls, Type, nameof(Watts), Watts[i], $"above 0 and falling with the index, at index {i} too");
        }
    }
}
