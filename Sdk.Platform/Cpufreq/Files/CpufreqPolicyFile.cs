using System.Buffers.Text;
using System.Text;
using PollScale.Native;

namespace PollScale.Cpufreq;

/// <summary>One attribute of a policy as a value: a frequency in kHz or a word. The kHz and comparing members allocate nothing.</summary>
internal sealed class CpufreqPolicyFile(ICpufreqFile file) : IDisposable
{
    private const int Longest = 128;

    /// <summary>Full path.</summary>
    public string Path => file.Path;

    /// <summary>Writes a frequency.</summary>
    /// <returns>Linux error number, 0 for none.</returns>
    public int WriteKHz(uint kHz)
    {
        Span<byte> text = stackalloc byte[12];
        Utf8Formatter.TryFormat(kHz, text, out int length);
        text[length++] = (byte)'\n';
        return file.Write(text[..length]);
    }

    /// <summary>Reads a frequency.</summary>
    /// <returns>Linux error number; EINVAL when the file shows no number, as scaling_setspeed does without the userspace governor.</returns>
    public int ReadKHz(out uint kHz)
    {
        Span<byte> text = stackalloc byte[Longest];
        int error = file.Read(text, out int length);
        kHz = 0;
        return error != 0 ? error : Utf8Parser.TryParse(text[..length], out kHz, out int used) && IsEnd(text[..length], used) ? 0 : LibC.EINVAL;
    }

    /// <summary>Whether the file shows this word.</summary>
    public int Is(ReadOnlySpan<byte> word, out bool same)
    {
        Span<byte> text = stackalloc byte[Longest];
        int error = file.Read(text, out int length);
        same = error == 0 && text[..length].StartsWith(word) && IsEnd(text[..length], word.Length);
        return error;
    }

    /// <summary>Writes a word.</summary>
    public int WriteText(string word) => file.Write(Encoding.ASCII.GetBytes(word + "\n"));

    /// <summary>Reads the first line.</summary>
    public int ReadText(out string text)
    {
        Span<byte> bytes = stackalloc byte[Longest];
        int error = file.Read(bytes, out int length);
        ReadOnlySpan<byte> line = bytes[..length];
        int end = line.IndexOf((byte)'\n');
        text = Encoding.ASCII.GetString(end < 0 ? line : line[..end]).Trim();
        return error;
    }

    /// <summary>Marks the file as this process's.</summary>
    public bool TryHold(out int holder) => file.TryHold(out holder);

    /// <summary>Takes the mark away.</summary>
    public void LetGo() => file.LetGo();

    public void Dispose() => file.Dispose();

    private static bool IsEnd(ReadOnlySpan<byte> text, int at) => at == text.Length || text[at] is (byte)'\n' or (byte)' ' or 0;
}
