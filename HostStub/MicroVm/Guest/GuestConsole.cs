using System.Globalization;
using System.Text;

namespace PollScale.HostStub.Guest;

/// <summary>What the guest prints: its end is kept for reports, whole lines are passed on. A guest that prints without end costs a bounded amount.</summary>
internal sealed class GuestConsole(Action<string>? lineSink)
{
    private const int KeptBytes = 64 * 1024;
    private const int MaxLineBytes = 4096;
    private const int MaxLines = 10_000;
    private readonly Lock _lock = new();
    private readonly byte[] _kept = new byte[KeptBytes];
    private readonly List<byte> _line = [];
    private long _written;
    private int _lines;

    /// <summary>Takes bytes the guest wrote to its standard output or error.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            foreach (byte value in bytes)
            {
                _kept[_written++ % KeptBytes] = value;
                if (lineSink is null)
                {
                    continue;
                }

                if (value == '\n' || _line.Count == MaxLineBytes)
                {
                    Pass();
                }

                if (value != '\n')
                {
                    _line.Add(value);
                }
            }
        }
    }

    /// <summary>Passes on a last line without an end.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            if (_line.Count > 0 && lineSink is not null)
            {
                Pass();
            }
        }
    }

    /// <summary>The last 64 KiB printed.</summary>
    public override string ToString()
    {
        lock (_lock)
        {
            int end = (int)(_written % KeptBytes);
            byte[] bytes = _written <= KeptBytes ? _kept[..(int)_written] : [.. _kept[end..], .. _kept[..end]];
            return Encoding.UTF8.GetString(bytes);
        }
    }

    private void Pass()
    {
        _lines++;
        string text = Encoding.UTF8.GetString([.. _line]);
        _line.Clear(); // a sink that throws must not see the line again
        if (_lines <= MaxLines)
        {
            lineSink!(Printable(text));
        }
        else if (_lines == MaxLines + 1)
        {
            lineSink!($"(the guest printed more than {MaxLines} lines; the rest is not shown)");
        }
    }

    // Controls, and characters that turn the direction of writing or break lines.
    private static bool IsUnsafe(char character) => char.IsControl(character) || char.GetUnicodeCategory(character)
        is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    // A guest must not reach the operator's terminal with escape sequences.
    private static string Printable(string text) =>
        string.Create(text.Length, text, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = source[i] != '\t' && IsUnsafe(source[i]) ? '?' : source[i];
            }
        });
}
