namespace PollScale.Simulation.Traffic.Parsing;

/// <summary>A kind of traffic, as the command line knows it.</summary>
internal abstract class TrafficKind(string name)
{
    public string Name { get; } = name;

    /// <summary>What a user is told.</summary>
    public abstract TrafficModelInfo Describe();

    /// <summary>A model with some parameters given.</summary>
    /// <exception cref="TrafficModelException">A parameter is unknown, given twice, no value or out of range.</exception>
    public abstract ITrafficModel Read(IReadOnlyList<(string Name, string Value)> given, double reference);
}
