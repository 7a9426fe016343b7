using System.Globalization;

namespace PollScale.Native;

/// <summary>What a tracepoint's format file in tracefs says: its number, and where the fields of its raw records lie, which differs from kernel to kernel.</summary>
internal sealed class TracepointFormat
{
    /// <summary>Longest file that is read, in bytes; one has some 600.</summary>
    public const int MostBytes = 16384;

    private const int MostOffset = 4096;
    private readonly Dictionary<string, TracepointField> _fields = [];

    private TracepointFormat()
    {
    }

    /// <summary>Its number, perf_event_attr.config; drawn when the module that has it is loaded.</summary>
    public int Id { get; private set; }

    /// <summary>A field that holds one number; null where there is none of that name.</summary>
    public TracepointField? this[string name] => _fields.TryGetValue(name, out TracepointField field) ? field : null;

    /// <summary>Reads the text of a format file. Lines that it does not know are passed over, fields that are no number are too.</summary>
    /// <returns>Null where it names no number.</returns>
    public static TracepointFormat? Parse(string text)
    {
        TracepointFormat format = new();
        foreach (string line in text.Split('\n'))
        {
            string trimmed = line.Trim();
            if (trimmed.StartsWith("ID:", StringComparison.Ordinal))
            {
                format.Id = Number(trimmed["ID:".Length..]);
            }
            else if (trimmed.StartsWith("field:", StringComparison.Ordinal))
            {
                format.Take(trimmed.Split(';'));
            }
        }

        return format.Id > 0 ? format : null;
    }

    // "field:unsigned long nr", "offset:8", "size:8", "signed:0"; a name of an array ends with its length in brackets.
    private void Take(string[] parts)
    {
        string name = parts[0][(parts[0].LastIndexOf(' ') + 1)..];
        int offset = Value(parts, "offset:"), size = Value(parts, "size:");
        if (size is 1 or 2 or 4 or 8 && offset is >= 0 and <= MostOffset && !name.EndsWith(']'))
        {
            _fields.TryAdd(name, new TracepointField(offset, size));
        }
    }

    private static int Value(string[] parts, string key) =>
        Array.Find(parts, part => part.TrimStart().StartsWith(key, StringComparison.Ordinal)) is string part ? Number(part[(part.IndexOf(':', StringComparison.Ordinal) + 1)..]) : -1;

    private static int Number(string text) => int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1;
}
