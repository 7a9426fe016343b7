namespace PollScale.Simulation.Costs;

/// <summary>One way in which packets cost other than the core's model says.</summary>
internal abstract record CostTerm
{
    /// <summary>The name with its parameters, as the command line takes it.</summary>
    public abstract string Name { get; }

    /// <summary>Highest factor on what a packet costs.</summary>
    public abstract double Highest { get; }

    /// <summary>Begins it for one run; the same seed gives the same costs for the same packets at the same times.</summary>
    public abstract CostProcess Start(ulong seed);

    /// <summary>What is wrong with two of its parameters together; null for nothing.</summary>
    public virtual string? Fault => null;

    /// <summary>A factor from a range, evenly on its logarithm.</summary>
    private protected static double Between(double low, double high, double share) => low * Math.Pow(high / low, share);
}
