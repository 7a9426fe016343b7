namespace PollScale.HostStub.Report.Kit;

/// <summary>Which commands write a line, and as which kinds. docs/json.md is held to it.</summary>
/// <param name="commands">The commands, as the documentation names them.</param>
/// <param name="types">The kinds of line.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class LineOfAttribute(string commands, params LineType[] types) : Attribute
{
    /// <summary>The commands.</summary>
    public string Commands { get; } = commands;

    /// <summary>The kinds.</summary>
    public IReadOnlyList<LineType> Types { get; } = types;
}
