namespace PollScale.Simulation.Traffic.Parsing;

/// <summary>What a number stands for; its units follow from it.</summary>
internal enum Quantity
{
    /// <summary>Packets a second: pps, kpps, Mpps or a share of the reference rate in %.</summary>
    Rate,

    /// <summary>As <see cref="Rate"/>, or none for infinity.</summary>
    Line,

    /// <summary>Simulated time: ns, us, ms or s.</summary>
    Time,

    /// <summary>A number in 0 .. 1, or %.</summary>
    Share,

    /// <summary>A number without unit.</summary>
    Number,

    /// <summary>A whole number.</summary>
    Count,
}
