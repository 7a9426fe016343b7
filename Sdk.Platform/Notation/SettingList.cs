using System.Text;

namespace PollScale.Notation;

/// <summary>
/// All settings of a <typeparamref name="T"/>: reads <c>option=value,option=value</c>, writes it, and checks owners made by code. That the
/// defaults lie in their ranges is checked when the list is made.
/// </summary>
internal sealed class SettingList<T>
    where T : class
{
    /// <summary>Makes a list.</summary>
    /// <param name="title">Whose settings they are, for errors.</param>
    /// <param name="standard">The owner with every default.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="reference">The usual rate that % is of; NaN for none.</param>
    /// <exception cref="InvalidOperationException">A default lies outside its range, or two settings have one name.</exception>
    public SettingList(string title, T standard, IReadOnlyList<Setting<T>> settings, double reference = double.NaN)
    {
        (Title, Standard, All, Reference) = (title, standard, settings, reference);
        for (int i = 0; i < settings.Count; i++)
        {
            if (!settings[i].Holds(standard))
            {
                throw new InvalidOperationException($"{title}: the default of {settings[i].Name} lies outside {settings[i].Range(reference)}.");
            }

            if (Find(settings[i].Name) != settings[i])
            {
                throw new InvalidOperationException($"{title}: {settings[i].Name} is declared twice.");
            }
        }
    }

    /// <summary>Whose settings they are.</summary>
    public string Title { get; }

    /// <summary>The owner with every default.</summary>
    public T Standard { get; }

    /// <summary>The settings.</summary>
    public IReadOnlyList<Setting<T>> All { get; }

    /// <summary>The usual rate that % is of.</summary>
    public double Reference { get; }

    /// <summary>The value of the first may stand without its name.</summary>
    public bool FirstMayStandAlone { get; init; }

    /// <summary>The setting of a name; null for none.</summary>
    public Setting<T>? Find(string name)
    {
        foreach (Setting<T> setting in All)
        {
            if (setting.Has(name))
            {
                return setting;
            }
        }

        return null;
    }

    /// <summary>Reads the options behind a name's colon.</summary>
    /// <param name="start">What they are set on.</param>
    /// <param name="options">The options; null where there is no colon.</param>
    /// <param name="reference">Rate that % is of.</param>
    /// <param name="result">The owner with these options.</param>
    /// <returns>What is wrong and what would be right, or null.</returns>
    public string? Read(T start, string? options, double reference, out T result) => Read(start, SpecText.Parts(options), reference, out result);

    /// <summary>Reads options that stand one by one.</summary>
    /// <param name="start">What they are set on.</param>
    /// <param name="parts">Names and values; no name where a value stands alone.</param>
    /// <param name="reference">Rate that % is of.</param>
    /// <param name="result">The owner with these options.</param>
    /// <returns>What is wrong and what would be right, or null.</returns>
    public string? Read(T start, IEnumerable<(string? Name, string Value)> parts, double reference, out T result)
    {
        result = start;
        List<Setting<T>> seen = [];
        foreach ((string? name, string value) in parts)
        {
            if (name is null && !FirstMayStandAlone)
            {
                return $"{Title}: '{ShownText.Of(value)}' is no option=value.";
            }

            if ((name is null ? All[0] : Find(name)) is not { } setting)
            {
                return All.Count == 0
                    ? $"{Title} takes no options, so no '{ShownText.Of(name!)}' either."
                    : $"{Title} has no option '{ShownText.Of(name!)}'; it takes {string.Join(", ", All.Select(known => known.Name))}.";
            }

            if (seen.Contains(setting))
            {
                return $"{Title}: {setting.Name} is given twice: leave one out.";
            }

            seen.Add(setting);
            if (!setting.TryRead(result, value, reference, out result))
            {
                return $"{Title}: {setting.Name} takes {setting.Range(reference)}, not '{ShownText.Of(value)}'.";
            }
        }

        return null;
    }

    /// <summary>The options that make an owner of <see cref="Standard"/>, with a colon before them; empty for none.</summary>
    public string Format(T owner)
    {
        StringBuilder text = new();
        foreach (Setting<T> setting in All)
        {
            string value = setting.Show(owner, Reference);
            if (value != setting.Show(Standard, Reference))
            {
                text.Append(text.Length == 0 ? ':' : ',').Append(setting.Name).Append('=').Append(value);
            }
        }

        return text.ToString();
    }

    /// <summary>Checks an owner made by code.</summary>
    /// <returns>What is wrong and what would be right, or null.</returns>
    public string? Fault(T owner)
    {
        foreach (Setting<T> setting in All)
        {
            if (!setting.Holds(owner))
            {
                return $"{Title}: {setting.Name} takes {setting.Range(Reference)}, not '{ShownText.Of(setting.Show(owner, Reference))}'.";
            }
        }

        return null;
    }
}
