namespace PollScale.Simulation.Costs;

/// <summary>A kind of cost, as the command line knows it: parser, name, help and range check follow from its settings.</summary>
internal abstract class CostKind(string name, string description)
{
    public string Name { get; } = name;

    public string Description { get; } = description;

    /// <summary>Its parameters: name, what it takes, default and what it does.</summary>
    public abstract IReadOnlyList<(string Name, string Range, string Default, string Summary)> Parameters { get; }

    /// <summary>A term with the parameters behind its name's colon; null for the defaults.</summary>
    /// <exception cref="FormatException">A parameter is unknown, given twice, no value or out of range.</exception>
    public abstract CostTerm Read(string? parameters);
}
