using System.Text;
using PollScale.Native;

namespace PollScale.Cpufreq;

/// <summary>Files of the real file system.</summary>
internal sealed class SysfsFiles : ICpufreqFiles
{
    private const int LongestText = 4096; // a page, which is what sysfs shows at most

    public IReadOnlyList<string> Folders(string folder)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    public string? ReadText(string path)
    {
        if (Open(path, writable: false, out _) is not ICpufreqFile file)
        {
            return null;
        }

        using (file)
        {
            byte[] text = new byte[LongestText];
            int error = file.Read(text, out int length);
            int end = text.AsSpan(0, length).IndexOf((byte)'\n');
            return error != 0 ? null : Encoding.ASCII.GetString(text, 0, end < 0 ? length : end).Trim();
        }
    }

    // O_NONBLOCK: a FIFO at this path in a copy of the tree must not hold anybody up.
    public ICpufreqFile? Open(string path, bool writable, out int error)
    {
        int fd = LibC.open(path, (writable ? LibC.O_RDWR : LibC.O_RDONLY) | LibC.O_NONBLOCK | LibC.O_CLOEXEC);
        error = fd < 0 ? LibC.errno : 0;
        return fd < 0 ? null : new SysfsFile(path, fd);
    }
}
