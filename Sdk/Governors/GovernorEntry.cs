namespace PollScale.Governors;

/// <summary>A governor of the <see cref="GovernorCatalog"/>.</summary>
internal sealed class GovernorEntry
{
    private readonly Func<IReadOnlyList<KeyValuePair<string, string>>, Func<GovernorContext, IGovernor>> _bind;

    internal GovernorEntry(
        string name,
        string rule,
        IReadOnlyList<GovernorOption> options,
        bool takesValue,
        Func<IReadOnlyList<KeyValuePair<string, string>>, Func<GovernorContext, IGovernor>> bind)
    {
        Name = name;
        Rule = rule;
        Options = options;
        TakesValue = takesValue;
        _bind = bind;
    }

    /// <summary>Name.</summary>
    public string Name { get; }

    /// <summary>The rule in one line.</summary>
    public string Rule { get; }

    /// <summary>Its options.</summary>
    public IReadOnlyList<GovernorOption> Options { get; }

    /// <summary>True when the first option's value may stand alone, as in index:5.</summary>
    public bool TakesValue { get; }

    internal Func<GovernorContext, IGovernor> Bind(IReadOnlyList<KeyValuePair<string, string>> settings) => _bind(settings);
}
