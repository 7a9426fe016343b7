namespace PollScale.HostStub.Cli;

/// <summary>Limits of this process that leave it no chance.</summary>
internal static class ProcessLimits
{
    /// <summary>Files that may still be opened when things begin to fail.</summary>
    public const int SpareFiles = 8;

    // The runtime and its libraries hold some 80, a micro-VM with traffic some 40.
    private const int LeastFiles = 192;
    private const string Key = "Max open files";

    /// <summary>What is too low, and what to do; null when nothing is.</summary>
    public static string? Problem() => OpenFiles() < LeastFiles
        ? $"this process may open {OpenFiles()} files only, and needs {LeastFiles}. Raise the limit: ulimit -n, or LimitNOFILE= of its systemd unit."
        : null;

    /// <summary>Files that may still be opened; many where that cannot be told.</summary>
    public static long OpenFilesLeft()
    {
        try
        {
            return OpenFiles() - Directory.GetFileSystemEntries("/proc/self/fd").Length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e is DirectoryNotFoundException ? long.MaxValue : 0;
        }
    }

    // "Max open files            1024                 524288               files"
    private static long OpenFiles()
    {
        try
        {
            foreach (string line in File.ReadLines("/proc/self/limits"))
            {
                if (line.StartsWith(Key, StringComparison.Ordinal))
                {
                    string soft = line[Key.Length..].TrimStart().Split(' ')[0];
                    return long.TryParse(soft, out long files) ? files : long.MaxValue;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No /proc: nothing is known of it.
        }

        return long.MaxValue;
    }
}
