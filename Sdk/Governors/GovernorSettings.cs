using System.Runtime.CompilerServices;
using PollScale.Notation;

namespace PollScale.Governors;

/// <summary>
/// The options of a governor, each declared once: its name, unit, range, sentence and the range worth a search; its default is the
/// property's. Validation, the catalog, help, the tables of the documentation and the search of <c>simulate --tune</c> follow.
/// </summary>
/// <typeparam name="T">The options.</typeparam>
internal sealed class GovernorSettings<T>
    where T : class, new()
{
    private readonly T _standard = new();
    private readonly List<Setting<T>> _settings = [];
    private readonly List<GovernorOption> _options = [];
    private SettingList<T>? _list;

    /// <summary>Says what does not go together; null where all does.</summary>
    public Func<T, OptionFault?> Together { get; init; } = _ => null;

    /// <summary>The first option's value may stand alone.</summary>
    public bool TakesValue { get; init; }

    /// <summary>What a user is told of each.</summary>
    public IReadOnlyList<GovernorOption> Options => _options;

    /// <summary>Adds a number.</summary>
    public GovernorSettings<T> Number(
        string name, Quantity quantity, double least, double most, string? unit, string summary, Func<T, double?> get, Func<T, double, T> with, string unset = "",
        (double Least, double Most)? tuned = null, GovernorRole role = GovernorRole.None, string former = "", Func<T, T>? clear = null, [CallerArgumentExpression(nameof(get))] string property = "") =>
        Add(
            new NumberSetting<T>(name, summary, quantity, least, most, get, with) { Unit = unit, Unset = unset, Clear = clear, FormerNames = Names(former) },
            get(_standard), quantity, tuned, role, property);

    /// <summary>Adds a share, 0 .. 1.</summary>
    public GovernorSettings<T> Share(
        string name, double least, double most, string summary, Func<T, double?> get, Func<T, double, T> with,
        (double Least, double Most)? tuned = null, [CallerArgumentExpression(nameof(get))] string property = "") =>
        Number(name, Quantity.Share, least, most, "", summary, get, with, tuned: tuned, property: property);

    /// <summary>Adds a whole number.</summary>
    public GovernorSettings<T> Whole(
        string name, long least, long most, string unit, string summary, Func<T, long?> get, Func<T, long, T> with, string unset = "",
        [CallerArgumentExpression(nameof(get))] string property = "") =>
        Number(name, Quantity.Count, least, most, unit, summary, o => get(o), (o, v) => with(o, (long)v), unset, property: property);

    /// <summary>Adds a time.</summary>
    public GovernorSettings<T> Time(
        string name, TimeSpan least, TimeSpan most, string summary, Func<T, TimeSpan?> get, Func<T, TimeSpan, T> with, string unset = "",
        (TimeSpan Least, TimeSpan Most)? tuned = null, GovernorRole role = GovernorRole.None, string former = "", Func<T, T>? clear = null, [CallerArgumentExpression(nameof(get))] string property = "") =>
        Number(
            name, Quantity.Time, TimeText.Of(least), TimeText.Of(most), null, summary,
            o => get(o) is TimeSpan time ? TimeText.Of(time) : null, (o, v) => with(o, TimeText.ToSpan((long)v)), unset,
            tuned is (TimeSpan from, TimeSpan to) ? (TimeText.Of(from), TimeText.Of(to)) : null, role, former, clear, property);

    /// <summary>Adds what is on or off.</summary>
    public GovernorSettings<T> Switch(string name, string summary, Func<T, bool> get, Func<T, bool, T> with, [CallerArgumentExpression(nameof(get))] string property = "") =>
        Add(new ChoiceSetting<T, bool>(name, summary, [("on", true), ("off", false)], get, with), null, Quantity.Number, null, GovernorRole.None, property);

    /// <summary>Adds a setting of a governor's own kind.</summary>
    public GovernorSettings<T> Other(Setting<T> setting, string property, GovernorRole role = GovernorRole.None) => Add(setting, null, Quantity.Number, null, role, property);

    /// <summary>Checks options.</summary>
    /// <exception cref="ArgumentException">One is out of range, or does not go with another.</exception>
    public void Validate(T options)
    {
        if (Fault(options) is OptionFault fault)
        {
            throw new ArgumentException(Text(fault), fault.Property);
        }
    }

    /// <summary>Reads options.</summary>
    /// <param name="governor">The governor's name.</param>
    /// <param name="text">What stands behind its colon; null for nothing.</param>
    /// <returns>Valid options.</returns>
    /// <exception cref="GovernorFormatException">An option is unknown, out of range, or does not go with another.</exception>
    public T Read(string governor, string? text)
    {
        string title = $"Governor {governor}";
        _list ??= new SettingList<T>(title, _standard, _settings) { FirstMayStandAlone = TakesValue };
        return _list.Read(_standard, text, double.NaN, out T options) is string complaint ? throw new GovernorFormatException(complaint)
            : Fault(options) is OptionFault fault ? throw new GovernorFormatException($"{title}: {Text(fault)}")
            : options;
    }

    private static string Text(OptionFault fault) => $"{typeof(T).Name}.{fault.Property} is {fault.Value ?? "missing"}; it must be {fault.Expected}.";

    private static string[] Names(string former) => former.Length == 0 ? [] : [former];

    private OptionFault? Fault(T options)
    {
        for (int i = 0; i < _settings.Count; i++)
        {
            if (!_settings[i].Holds(options))
            {
                return new OptionFault(_options[i].Property, _settings[i].Show(options, double.NaN), _options[i].Range);
            }
        }

        return Together(options);
    }

    // A default outside its own range, or outside the part that is searched, ends the program that declares it.
    private GovernorSettings<T> Add(Setting<T> setting, double? value, Quantity quantity, (double Least, double Most)? tuned, GovernorRole role, string property)
    {
        if (!setting.Holds(_standard) || (tuned is (double least, double most) && !(value >= least && value <= most)))
        {
            throw new InvalidOperationException($"{typeof(T).Name}: the default of {setting.Name}, {setting.Show(_standard, double.NaN)}, lies outside its range.");
        }

        _settings.Add(setting);
        _options.Add(new GovernorOption(setting.Name, setting.Range(double.NaN), setting.Show(_standard, double.NaN), setting.Summary)
        {
            FormerNames = setting.FormerNames,
            Property = property[(property.LastIndexOf('.') + 1)..],
            Quantity = quantity,
            Value = value,
            Tuned = tuned,
            Role = role,
        });
        return this;
    }
}
