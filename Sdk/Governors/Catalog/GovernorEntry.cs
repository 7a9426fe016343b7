namespace PollScale.Governors;

/// <summary>A governor of the <see cref="GovernorCatalog"/>.</summary>
internal sealed class GovernorEntry
{
    private readonly Func<IReadOnlyList<GovernorOption>> _options;
    private readonly Func<string?, Func<GovernorContext, IGovernor>> _bind;
    private readonly Func<bool> _takesValue;

    private GovernorEntry(
        string name, string rule, Type optionsType, Func<IReadOnlyList<GovernorOption>> options, Func<bool> takesValue, Func<string?, Func<GovernorContext, IGovernor>> bind)
    {
        Name = name;
        Rule = rule;
        OptionsType = optionsType;
        _options = options;
        _takesValue = takesValue;
        _bind = bind;
    }

    /// <summary>Name.</summary>
    public string Name { get; }

    /// <summary>The rule in one line.</summary>
    public string Rule { get; }

    /// <summary>Its options.</summary>
    public IReadOnlyList<GovernorOption> Options => _options();

    /// <summary>True when the first option's value may stand alone, as in index:5.</summary>
    public bool TakesValue => _takesValue();

    /// <summary>The type of its options.</summary>
    internal Type OptionsType { get; }

    /// <summary>Whether its rule is written for a look at every poll.</summary>
    internal bool DecidesEachPoll { get; init; }

    /// <summary>Time in which its rule gets from the fastest P-state to where it stays; zero for tenths of a second at most.</summary>
    internal TimeSpan SettlesWithin { get; init; }

    /// <summary>Makes an entry; its options are asked for when they are needed, and not before.</summary>
    internal static GovernorEntry Of<T>(
        string name, string rule, Func<GovernorSettings<T>> settings, Func<GovernorContext, T, IGovernor> make, bool decidesEachPoll = false, TimeSpan settlesWithin = default)
        where T : class, new() =>
        new(name, rule, typeof(T), () => settings().Options, () => settings().TakesValue, text =>
        {
            T options = settings().Read(name, text);
            return context => make(context, options);
        })
        {
            DecidesEachPoll = decidesEachPoll,
            SettlesWithin = settlesWithin,
        };

    /// <summary>The option of a name, now or earlier; null for none.</summary>
    internal GovernorOption? Option(string name) => Options.FirstOrDefault(option => option.Has(name));

    /// <summary>What makes the governor with the options behind its name's colon; null for the defaults.</summary>
    /// <exception cref="GovernorFormatException">An option is unknown, out of range, or does not go with another.</exception>
    internal Func<GovernorContext, IGovernor> Bind(string? options) => _bind(options);
}
