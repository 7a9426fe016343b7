namespace PollScale.Governors;

/// <summary>Checks options, so that every error says what is wrong and what would be right.</summary>
internal static class OptionCheck
{
    /// <summary>Throws unless <paramref name="valid"/>.</summary>
    /// <exception cref="ArgumentException">The option is out of range.</exception>
    public static void Require(bool valid, string type, string name, object? value, string expected)
    {
        if (!valid)
        {
            throw new ArgumentException($"{type}.{name} is {value ?? "missing"}; it must be {expected}.", name);
        }
    }

    /// <summary>Throws unless the time lies in the range.</summary>
    /// <exception cref="ArgumentException">It does not.</exception>
    public static void Within(TimeSpan value, TimeSpan min, TimeSpan max, string type, string name, string expected) =>
        Require(value >= min && value <= max, type, name, value, expected);
}
