using System.Globalization;

namespace PollScale.HostStub.Traffic.Profiles;

/// <summary>Reads "name:key=value,key=value" and complains about every part it does not understand.</summary>
internal sealed class SpecReader
{
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _used = new(StringComparer.OrdinalIgnoreCase);
    private readonly string _forms;

    /// <param name="text">What the user wrote.</param>
    /// <param name="forms">The valid forms, shown with every error.</param>
    public SpecReader(string text, string forms)
    {
        Text = text;
        _forms = forms;
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        Name = (colon < 0 ? text : text[..colon]).Trim().ToLowerInvariant();
        if (colon < 0)
        {
            return;
        }

        foreach (string part in text[(colon + 1)..].Split(','))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || equals == part.Length - 1)
            {
                throw Fail($"\"{part}\" is not of the form key=value");
            }

            if (!_values.TryAdd(part[..equals].Trim(), part[(equals + 1)..].Trim()))
            {
                throw Fail($"\"{part[..equals].Trim()}\" is given twice");
            }
        }
    }

    /// <summary>The whole text.</summary>
    public string Text { get; }

    /// <summary>The part before the colon, in lower case.</summary>
    public string Name { get; }

    /// <summary>A packet rate with unit pps, kpps or Mpps, in packets a second.</summary>
    public double Rate(string key, double? fallback = null) =>
        Quantity(key, fallback, "a packet rate such as 800kpps or 2.5Mpps (at most 1000Mpps)", 0, 1e9, ("kpps", 1e3), ("Mpps", 1e6), ("pps", 1));

    /// <summary>A time with unit us, ms or s, in ns; at least 1 us, at most a day.</summary>
    public double Time(string key, double? fallback = null) =>
        Quantity(key, fallback, "a time such as 500us, 20ms or 5s (1us..86400s)", 1e3, 86400e9, ("us", 1e3), ("ms", 1e6), ("s", 1e9));

    /// <summary>A number without a unit.</summary>
    public double Number(string key, double fallback, double min, double max) =>
        Quantity(key, fallback, FormattableString.Invariant($"a number in {min}..{max}"), min, max, ("", 1));

    /// <summary>The value as it stands; null when it is not given.</summary>
    public string? Value(string key)
    {
        _used.Add(key);
        return _values.GetValueOrDefault(key);
    }

    /// <summary>To call last: refuses keys that nothing asked for.</summary>
    public void Finish()
    {
        foreach (string key in _values.Keys)
        {
            if (!_used.Contains(key))
            {
                throw Fail($"\"{Name}\" has no \"{key}\"");
            }
        }
    }

    public TrafficFormatException Fail(string what) => new($"Traffic \"{Text}\": {what}. Valid forms:{Environment.NewLine}{_forms}");

    private double Quantity(string key, double? fallback, string expected, double min, double max, params ReadOnlySpan<(string Unit, double Factor)> units)
    {
        if (Value(key) is not { } text)
        {
            return fallback ?? throw Fail($"\"{Name}\" needs {key}=, {expected}");
        }

        foreach ((string unit, double factor) in units)
        {
            if (text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)
                && double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number)
                && number * factor >= min && number * factor <= max)
            {
                return number * factor;
            }
        }

        throw Fail($"{key}={text} is not {expected}");
    }
}
