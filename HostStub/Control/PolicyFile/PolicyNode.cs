using PollScale.HostStub.Policy.Configuration;

namespace PollScale.HostStub.PolicyFile;

/// <summary>A node of a policy file: a scalar has text, a sequence items, a mapping entries.</summary>
/// <param name="At">Where it begins.</param>
internal abstract record PolicyNode(FilePosition At)
{
    /// <summary>"a list", for messages.</summary>
    public abstract string Kind { get; }

    /// <summary>A value.</summary>
    /// <param name="At">Where it begins.</param>
    /// <param name="Text">Its text.</param>
    /// <param name="IsPlain">True when it stands without quotes.</param>
    internal sealed record Scalar(FilePosition At, string Text, bool IsPlain = true) : PolicyNode(At)
    {
        public override string Kind => Text.Length == 0 ? "empty" : $"'{Shown(Text)}'";
    }

    internal sealed record Sequence(FilePosition At, IReadOnlyList<PolicyNode> Items) : PolicyNode(At)
    {
        public override string Kind => "a list";
    }

    internal sealed record Mapping(FilePosition At, IReadOnlyList<(Scalar Key, PolicyNode Value)> Entries) : PolicyNode(At)
    {
        public override string Kind => "a mapping";
    }

    /// <summary>Text of a file made fit for one line of a message.</summary>
    public static string Shown(string text)
    {
        const int Longest = 60;
        string cut = text.Length <= Longest ? text : $"{text[..(Longest - 3)]}...";
        return string.Concat(cut.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
    }
}
