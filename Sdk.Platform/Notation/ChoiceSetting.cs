namespace PollScale.Notation;

/// <summary>A setting that is one of some words.</summary>
/// <param name="name">Its name.</param>
/// <param name="summary">What it does.</param>
/// <param name="words">The words with what they stand for; of two for one value the first is shown, the second is that of earlier versions.</param>
/// <param name="get">The owner's value.</param>
/// <param name="with">Sets a value.</param>
internal sealed class ChoiceSetting<T, TValue>(
    string name, string summary, IReadOnlyList<(string Word, TValue Value)> words, Func<T, TValue> get, Func<T, TValue, T> with)
    : Setting<T>(name, summary)
    where TValue : struct
{
    public override string Range(double reference) => string.Join(" | ", words.DistinctBy(known => known.Value).Select(known => known.Word));

    public override string Show(T owner, double reference) =>
        words.Where(known => known.Value.Equals(get(owner))).Select(known => known.Word).FirstOrDefault() ?? $"{get(owner)}";

    public override bool TryRead(T owner, string text, double reference, out T changed)
    {
        changed = owner;
        foreach ((string word, TValue value) in words)
        {
            if (text.Equals(word, StringComparison.OrdinalIgnoreCase))
            {
                changed = with(owner, value);
                return true;
            }
        }

        return false;
    }

    public override bool Holds(T owner) => words.Any(known => known.Value.Equals(get(owner)));
}
