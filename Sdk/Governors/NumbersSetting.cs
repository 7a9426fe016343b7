using PollScale.Notation;

namespace PollScale.Governors;

/// <summary>A setting that is some numbers above 0, separated by slashes.</summary>
internal sealed class NumbersSetting<T>(string name, string range, string unset, string summary, Func<T, IReadOnlyList<double>?> get, Func<T, double[], T> with) : Setting<T>(name, summary)
{
    private const char Separator = '/';

    public override string Range(double reference) => range;

    public override string Show(T owner, double reference) => get(owner) is { } numbers ? string.Join(Separator, numbers.Select(NumberText.Format)) : unset;

    public override bool TryRead(T owner, string text, double reference, out T changed)
    {
        string[] parts = text.Split(Separator);
        double[] numbers = new double[parts.Length];
        bool valid = true;
        for (int i = 0; i < parts.Length; i++)
        {
            valid &= NumberText.TryRead(parts[i], out numbers[i]) && numbers[i] > 0;
        }

        changed = valid ? with(owner, numbers) : owner;
        return valid;
    }

    // How many there are to be is for the governor to say.
    public override bool Holds(T owner) => true;

    /// <summary>Whether numbers are finite, above 0 and fall with the index.</summary>
    /// <param name="numbers">The numbers; null for none.</param>
    /// <param name="property">Property that holds them.</param>
    /// <returns>What is wrong, or null.</returns>
    public static OptionFault? Falling(IReadOnlyList<double>? numbers, string property)
    {
        for (int i = 0; numbers is not null && i < numbers.Count; i++)
        {
            if (!(numbers[i] > 0 && double.IsFinite(numbers[i]) && (i == 0 || numbers[i] < numbers[i - 1])))
            {
                return new OptionFault(property, numbers[i], $"above 0 and falling with the index, at index {i} too");
            }
        }

        return null;
    }
}
