using PollScale.Native;

namespace PollScale.Cpufreq;

/// <summary>Files of the real file system.</summary>
internal sealed class SysfsFiles : ICpufreqFiles
{
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
        try
        {
            return File.ReadLines(path).FirstOrDefault("").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public ICpufreqFile? Open(string path, bool writable, out int error)
    {
        int fd = LibC.open(path, (writable ? LibC.O_RDWR : LibC.O_RDONLY) | LibC.O_CLOEXEC);
        error = fd < 0 ? LibC.errno : 0;
        return fd < 0 ? null : new SysfsFile(path, fd);
    }
}
