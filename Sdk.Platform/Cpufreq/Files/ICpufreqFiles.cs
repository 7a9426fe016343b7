namespace PollScale.Cpufreq;

/// <summary>The file system below a cpufreq tree: sysfs, or a model of a kernel in tests.</summary>
internal interface ICpufreqFiles
{
    /// <summary>Names of the folders in a folder; empty when there is no such folder.</summary>
    IReadOnlyList<string> Folders(string folder);

    /// <summary>The first line of a file; null when there is no such file or it cannot be read now.</summary>
    string? ReadText(string path);

    /// <summary>Opens a file.</summary>
    /// <returns>Null on failure, with the error number.</returns>
    ICpufreqFile? Open(string path, bool writable, out int error);
}
