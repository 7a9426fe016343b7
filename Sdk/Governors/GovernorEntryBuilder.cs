namespace PollScale.Governors;

/// <summary>Describes a governor of the catalog once, for its help and for its parser.</summary>
/// <typeparam name="T">The governor's options.</typeparam>
internal sealed class GovernorEntryBuilder<T>(string name, string rule)
    where T : class, new()
{
    private readonly T _defaults = new();
    private readonly List<GovernorOption> _options = [];
    private readonly List<Func<T, string, T>> _setters = [];
    private bool _takesValue;

    /// <summary>Adds an option that takes a number.</summary>
    public GovernorEntryBuilder<T> Number(string option, double min, double max, string unit, string summary, Func<T, double?> get, Func<T, double, T> set, string unset = "")
    {
        string shown = get(_defaults) is double value ? GovernorValue.Show(value) : unset;
        return Add(option, Range(GovernorValue.Show(min), GovernorValue.Show(max), unit), shown, summary, (T options, string text, out T changed) =>
        {
            bool valid = GovernorValue.TryNumber(text, out double number) && number >= min && number <= max;
            changed = valid ? set(options, number) : options;
            return valid;
        });
    }

    /// <summary>Adds an option that takes a whole number.</summary>
    public GovernorEntryBuilder<T> Whole(string option, long min, long max, string unit, string summary, Func<T, long?> get, Func<T, long, T> set, string unset = "")
    {
        string shown = get(_defaults) is long value ? GovernorValue.Show(value) : unset;
        return Add(option, Range(GovernorValue.Show(min), GovernorValue.Show(max), unit), shown, summary, (T options, string text, out T changed) =>
        {
            bool valid = GovernorValue.TryWhole(text, out long number) && number >= min && number <= max;
            changed = valid ? set(options, number) : options;
            return valid;
        });
    }

    /// <summary>Adds an option that takes a time with its unit.</summary>
    public GovernorEntryBuilder<T> Time(string option, TimeSpan min, TimeSpan max, string summary, Func<T, TimeSpan?> get, Func<T, TimeSpan, T> set, string unset = "")
    {
        string shown = get(_defaults) is TimeSpan value ? GovernorValue.Show(value) : unset;
        return Add(option, Range(GovernorValue.Show(min), GovernorValue.Show(max), ""), shown, summary, (T options, string text, out T changed) =>
        {
            bool valid = GovernorValue.TryTime(text, out TimeSpan time) && time >= min && time <= max;
            changed = valid ? set(options, time) : options;
            return valid;
        });
    }

    /// <summary>Adds an option that is on or off.</summary>
    public GovernorEntryBuilder<T> Switch(string option, string summary, Func<T, bool> get, Func<T, bool, T> set) =>
        Add(option, "on | off", get(_defaults) ? "on" : "off", summary, (T options, string text, out T changed) =>
        {
            bool valid = text is "on" or "off";
            changed = valid ? set(options, text == "on") : options;
            return valid;
        });

    /// <summary>Adds an option that takes numbers above 0, separated by slashes.</summary>
    public GovernorEntryBuilder<T> Numbers(string option, string range, string summary, Func<T, double[], T> set, string unset) =>
        Add(option, range, unset, summary, (T options, string text, out T changed) =>
        {
            string[] parts = text.Split('/');
            double[] numbers = new double[parts.Length];
            bool valid = true;
            for (int i = 0; i < parts.Length; i++)
            {
                valid &= GovernorValue.TryNumber(parts[i], out numbers[i]) && numbers[i] > 0;
            }

            changed = valid ? set(options, numbers) : options;
            return valid;
        });

    /// <summary>Lets the first option's value stand alone.</summary>
    public GovernorEntryBuilder<T> TakesValue()
    {
        _takesValue = true;
        return this;
    }

    /// <summary>Makes the entry.</summary>
    /// <param name="validate">Throws <see cref="ArgumentException"/> where options do not go together.</param>
    /// <param name="make">Makes the governor.</param>
    public GovernorEntry Build(Action<T> validate, Func<GovernorContext, T, IGovernor> make) => new(name, rule, _options, _takesValue, settings =>
    {
        T options = _defaults;
        foreach ((string option, string value) in settings)
        {
            int index = _options.FindIndex(known => known.Name == option);
            options = index >= 0 ? _setters[index](options, value) : throw new GovernorFormatException(Unknown(option));
        }

        try
        {
            validate(options);
        }
        catch (ArgumentException exception)
        {
            throw new GovernorFormatException($"Governor {name}: {exception.Message.Split(" (Parameter")[0]}", exception);
        }

        return context => make(context, options);
    });

    private delegate bool TrySet(T options, string text, out T changed);

    private static string Range(string min, string max, string unit) => unit.Length == 0 ? $"{min} .. {max}" : $"{min} .. {max} {unit}";

    private GovernorEntryBuilder<T> Add(string option, string range, string shown, string summary, TrySet trySet)
    {
        _options.Add(new GovernorOption(option, range, shown, summary));
        _setters.Add((options, text) => trySet(options, text, out T changed)
            ? changed
            : throw new GovernorFormatException($"Governor {name}: {option} takes {range}, not '{text}'."));
        return this;
    }

    private string Unknown(string option) => _options.Count == 0
        ? $"Governor {name} takes no options, so no '{option}' either."
        : $"Governor {name} has no option '{option}'; it takes {string.Join(", ", _options.Select(known => known.Name))}.";
}
