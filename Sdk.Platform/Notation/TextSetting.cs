namespace PollScale.Notation;

/// <summary>A setting that is any text but an empty one.</summary>
internal sealed class TextSetting<T>(string name, string summary, string range, Func<T, string> get, Func<T, string, T> with) : Setting<T>(name, summary)
{
    public override string Range(double reference) => range;

    public override string Show(T owner, double reference) => get(owner);

    public override bool TryRead(T owner, string text, double reference, out T changed)
    {
        changed = text.Length > 0 ? with(owner, text) : owner;
        return text.Length > 0;
    }

    // Empty is what no text was given for.
    public override bool Holds(T owner) => true;
}
