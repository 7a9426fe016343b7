using PollScale.Notation;

namespace PollScale.Simulation.Incumbents;

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

    // Which numbers go together is for the options to say.
    public override bool Holds(T owner) => true;
}
