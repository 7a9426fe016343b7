namespace PollScale.Simulation.Traffic.Parsing;

/// <summary>A kind of traffic, as the command line knows it.</summary>
internal abstract class TrafficKind(string name)
{
    public string Name { get; } = name;

    /// <summary>What a user is told.</summary>
    public abstract TrafficModelInfo Describe();

    /// <summary>A model with the parameters behind its name's colon; null for the defaults.</summary>
    /// <exception cref="TrafficModelException">A parameter is unknown, given twice, no value or out of range.</exception>
    public abstract ITrafficModel Read(string? parameters, double reference);
}
