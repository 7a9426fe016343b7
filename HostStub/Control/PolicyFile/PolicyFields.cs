using PollScale.HostStub.Policy.Configuration;

namespace PollScale.HostStub.PolicyFile;

/// <summary>The keys of one mapping: unknown and repeated ones are errors, each known one is read once.</summary>
internal sealed class PolicyFields
{
    private readonly Dictionary<string, PolicyNode> _values = [];

    private PolicyFields(FilePosition at, ErrorList errors) => (At, Errors) = (at, errors);

    /// <summary>Where the mapping begins.</summary>
    public FilePosition At { get; }

    /// <summary>Where complaints go.</summary>
    public ErrorList Errors { get; }

    /// <summary>Looks into a mapping.</summary>
    /// <param name="node">The node.</param>
    /// <param name="what">What it is, for messages: "a guest".</param>
    /// <param name="known">Keys allowed.</param>
    /// <param name="errors">Where complaints go.</param>
    /// <returns>Null when it is no mapping.</returns>
    public static PolicyFields? Of(PolicyNode node, string what, ReadOnlySpan<string> known, ErrorList errors)
    {
        if (node is not PolicyNode.Mapping mapping)
        {
            errors.Add(node.At, $"{what} is {node.Kind}; it is a mapping with the keys {string.Join(", ", known!)}");
            return null;
        }

        PolicyFields fields = new(mapping.At, errors);
        foreach ((PolicyNode.Scalar key, PolicyNode value) in mapping.Entries)
        {
            if (!known.Contains(key.Text))
            {
                string hint = Spelling.Nearest(key.Text, known.ToArray()) is string meant ? $"did you mean {meant}? " : "";
                errors.Add(key.At, $"unknown key {PolicyNode.Shown(key.Text)} in {what}; {hint}Allowed: {string.Join(", ", known!)}");
            }
            else if (!fields._values.TryAdd(key.Text, value))
            {
                errors.Add(key.At, $"{key.Text} is given twice in {what}; the first is on line {fields._values[key.Text].At.Line}: keep one");
            }
        }

        return fields;
    }

    /// <summary>The value of a key, or null when the key is missing.</summary>
    public PolicyNode? this[string key] => _values.GetValueOrDefault(key);

    /// <summary>The value of a key that must be there.</summary>
    public PolicyNode? Require(string key, string example)
    {
        if (!_values.TryGetValue(key, out PolicyNode? value))
        {
            Errors.Add(At, $"{key} is missing; add for example {key}: {example}");
        }

        return value;
    }

    /// <summary>The items of a list; none when the key is missing or holds something else, which is an error.</summary>
    public IReadOnlyList<PolicyNode> List(string key)
    {
        switch (this[key])
        {
            case null:
                return [];
            case PolicyNode.Sequence list:
                return list.Items;
            case PolicyNode other:
                Errors.Add(other.At, $"{key} is {other.Kind}; it is a list, each item on a line that begins with -");
                return [];
        }
    }

    /// <summary>A value read by a function that gives a complaint or null; the fallback when it is missing or wrong.</summary>
    public T Read<T>(string key, T fallback, ScalarReader<T> read) => this[key] is PolicyNode node ? Read(node, key, fallback, read, Errors) : fallback;

    /// <summary>A node read by a function that gives a complaint or null.</summary>
    public static T Read<T>(PolicyNode node, string what, T fallback, ScalarReader<T> read, ErrorList errors)
    {
        string? expected = "one value";
        if (node is PolicyNode.Scalar scalar)
        {
            expected = read(scalar.Text, scalar.At, out T value);
            if (expected is null)
            {
                return value;
            }
        }
        else
        {
            expected = read("", node.At, out _) ?? expected;
        }

        errors.Add(node.At, $"{what} is {node.Kind}; it takes {expected}");
        return fallback;
    }
}
