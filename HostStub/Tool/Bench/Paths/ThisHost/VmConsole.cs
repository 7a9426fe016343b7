using System.Text;
using Microsoft.Win32.SafeHandles;
using PollScale.HostStub.Report;
using PollScale.Native;

namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>What a VM writes on its console, read while it does from the file that QEMU fills. The VM is hostile: it may write for ever, and anything.</summary>
/// <param name="path">The file.</param>
internal sealed class VmConsole(string path)
{
    private const int Most = 1 << 20, TailLines = 8;
    private readonly StringBuilder _unfinished = new();
    private readonly List<string> _lines = [];
    private long _at;

    /// <summary>The lines so far, harmless to a terminal.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>It has written more than is read of one.</summary>
    public bool IsTooLong => _at >= Most;

    /// <summary>Its end, for a message.</summary>
    public string Tail
    {
        get
        {
            string[] end = [.. _lines.Append(SafeText.Line(_unfinished.ToString())).Where(line => line.Trim().Length > 0).TakeLast(TailLines)];
            return end.Length == 0 ? "nothing on its console" : $"its console ends: {string.Join(" | ", end)}";
        }
    }

    /// <summary>Reads on.</summary>
    /// <returns>The lines that are new.</returns>
    public IReadOnlyList<string> Read()
    {
        int before = _lines.Count;
        try
        {
            using SafeFileHandle file = SafeFile.OpenRead(path);
            byte[] part = new byte[4096];
            while (!IsTooLong && RandomAccess.Read(file, part, _at) is > 0 and int got)
            {
                _at += got;
                Take(Encoding.Latin1.GetString(part, 0, got));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // QEMU has not made it yet.
        }

        return _lines[before..];
    }

    private void Take(string text)
    {
        foreach (char c in text)
        {
            if (c == '\n')
            {
                _lines.Add(SafeText.Line(_unfinished.ToString().TrimEnd('\r')));
                _unfinished.Clear();
            }
            else
            {
                _unfinished.Append(c);
            }
        }
    }
}
