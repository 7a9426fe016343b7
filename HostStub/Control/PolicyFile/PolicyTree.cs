using PollScale.HostStub.Policy.Configuration;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace PollScale.HostStub.PolicyFile;

/// <summary>
/// Builds the nodes of a policy file from YAML events. Anchors, aliases and tags are refused, depth and number of nodes bounded: a
/// policy needs none of it, and with them a small file could stand for a huge one.
/// </summary>
internal sealed class PolicyTree
{
    private const int MaxDepth = 12;
    private const int MaxNodes = 100_000;

    private readonly string _origin;
    private readonly Parser _parser;
    private int _nodes;

    private PolicyTree(string text, string origin)
    {
        _origin = origin;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>Parses the text of a file.</summary>
    /// <returns>The document's node; null when the file is empty.</returns>
    /// <exception cref="PolicyException">It is not YAML, or YAML that a policy must not have.</exception>
    public static PolicyNode? Parse(string text, string origin)
    {
        try
        {
            return new PolicyTree(text, origin).ReadFile();
        }
        catch (YamlException e)
        {
            throw Error(origin, e.Start, $"not valid YAML: {PolicyNode.Shown(e.Message)}");
        }
        catch (Exception e) when (e is not PolicyException)
        {
            // The parser's own slips on broken input (a number too long for it, an index) are broken input all the same.
            throw Error(origin, Mark.Empty, $"not valid YAML: {PolicyNode.Shown(e.Message)}");
        }
    }

    private static PolicyException Error(string origin, Mark mark, string text) => new(origin, [new PolicyError(Position(mark), text)]);

    private static FilePosition Position(Mark mark) => new((int)Math.Min(mark.Line, int.MaxValue), (int)Math.Min(mark.Column, int.MaxValue));

    private PolicyNode? ReadFile()
    {
        _parser.Consume<StreamStart>();
        if (TryTake<StreamEnd>())
        {
            return null;
        }

        _parser.Consume<DocumentStart>();
        PolicyNode root = ReadNode(1);
        _parser.Consume<DocumentEnd>();
        return _parser.Current is DocumentStart second
            ? throw Error(_origin, second.Start, "a second document; a policy file is one document: remove the --- line")
            : root;
    }

    private PolicyNode ReadNode(int depth)
    {
        ParsingEvent next = _parser.Current!;
        FilePosition at = Position(next.Start);
        if (next is AnchorAlias)
        {
            throw Error(_origin, next.Start, "an alias (*); write the value out");
        }

        if (next is NodeEvent { Anchor.IsEmpty: false })
        {
            throw Error(_origin, next.Start, "an anchor (&); write the value where it is used");
        }

        if (next is NodeEvent { Tag.IsEmpty: false })
        {
            throw Error(_origin, next.Start, "a tag (!); a policy needs none");
        }

        if (depth > MaxDepth || ++_nodes > MaxNodes)
        {
            throw Error(_origin, next.Start, depth > MaxDepth ? $"nested deeper than {MaxDepth} levels" : $"more than {MaxNodes} values");
        }

        if (next is Scalar scalar)
        {
            _parser.MoveNext();
            return new PolicyNode.Scalar(at, scalar.Value, scalar.Style == ScalarStyle.Plain);
        }

        if (TryTake<SequenceStart>())
        {
            List<PolicyNode> items = [];
            while (!TryTake<SequenceEnd>())
            {
                items.Add(ReadNode(depth + 1));
            }

            return new PolicyNode.Sequence(at, items);
        }

        _parser.Consume<MappingStart>();
        return new PolicyNode.Mapping(at, ReadEntries(depth));
    }

    private List<(PolicyNode.Scalar, PolicyNode)> ReadEntries(int depth)
    {
        List<(PolicyNode.Scalar, PolicyNode)> entries = [];
        while (!TryTake<MappingEnd>())
        {
            Mark start = _parser.Current!.Start;
            PolicyNode key = ReadNode(depth + 1);
            PolicyNode value = ReadNode(depth + 1);
            entries.Add(key is PolicyNode.Scalar name
                ? (name, value)
                : throw Error(_origin, start, $"{key.Kind} as a key; a key is a word"));
        }

        return entries;
    }

    private bool TryTake<T>() where T : ParsingEvent
    {
        bool isNext = _parser.Current is T;
        if (isNext)
        {
            _parser.MoveNext();
        }

        return isNext;
    }
}
