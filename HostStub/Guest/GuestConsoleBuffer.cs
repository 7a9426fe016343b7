using System.Text;

namespace PollScale.HostStub.Guest;

/// <summary>Cuts a guest's output into lines for the user and keeps its last 64 KiB for the report.</summary>
internal sealed class GuestConsoleBuffer(Action<string>? onLine)
{
    private const int Kept = 64 * 1024;
    private const int LongestLine = 4096;
    private readonly Lock _lock = new();
    private readonly byte[] _tail = new byte[Kept];
    private readonly byte[] _line = new byte[LongestLine];
    private long _written;
    private int _lineLength;

    /// <summary>Takes bytes the guest wrote.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            foreach (byte value in bytes)
            {
                _tail[_written++ % Kept] = value;
                if (value == '\n' || _lineLength == LongestLine)
                {
                    EmitLine();
                }

                if (value != '\n')
                {
                    _line[_lineLength++] = value;
                }
            }
        }
    }

    /// <summary>Ends an unfinished line.</summary>
    /// <returns>The last 64 KiB, as the guest wrote them.</returns>
    public string Finish()
    {
        lock (_lock)
        {
            if (_lineLength > 0)
            {
                EmitLine();
            }

            int length = (int)Math.Min(_written, Kept);
            int start = (int)((_written - length) % Kept);
            int first = Math.Min(length, Kept - start);
            return Encoding.UTF8.GetString([.. _tail.AsSpan(start, first), .. _tail.AsSpan(0, length - first)]);
        }
    }

    private void EmitLine()
    {
        onLine?.Invoke(Encoding.UTF8.GetString(_line, 0, _lineLength));
        _lineLength = 0;
    }
}
