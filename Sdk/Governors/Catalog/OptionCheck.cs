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
}
