namespace PollScale.Notation;

/// <summary>What a number stands for; its units follow from it.</summary>
internal enum Quantity
{
    /// <summary>A number without unit.</summary>
    Number,

    /// <summary>A whole number.</summary>
    Count,

    /// <summary>A number in 0 .. 1, or %.</summary>
    Share,

    /// <summary>A number of percents, with or without %.</summary>
    Percent,

    /// <summary>A time with its unit; the number is picoseconds.</summary>
    Time,

    /// <summary>As <see cref="Time"/>, or none for infinity.</summary>
    TimeOrNone,

    /// <summary>Packets a second: pps, kpps, Mpps or a share of a reference rate in %.</summary>
    Rate,

    /// <summary>As <see cref="Rate"/>, or none for infinity.</summary>
    RateOrNone,

    /// <summary>Packets a second: a number alone, or with pps, kpps or Mpps.</summary>
    PacketsPerSecond,

    /// <summary>A factor without unit, or max for infinity.</summary>
    FactorOrMax,
}
