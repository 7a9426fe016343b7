using PollScale.HostStub.Daemon.Endpoints;
using PollScale.Native;

namespace PollScale.HostStub.Cli;

/// <summary>Limits of this process that leave it no chance.</summary>
internal static class ProcessLimits
{
    /// <summary>Files that may still be opened when things begin to fail.</summary>
    public const int SpareFiles = 8;

    /// <summary>Raises what may be raised, and says what is too low all the same, and what to do; null when nothing is.</summary>
    public static string? Problem() => DescriptorLimit.Raise() is < ChannelResources.OfProcess and ulong files
        ? $"this process may open {files} files only, and needs {ChannelResources.OfProcess}. Raise the limit: ulimit -n, or LimitNOFILE= of its systemd unit."
        : null;

    /// <summary>Files that may still be opened; many where that cannot be told.</summary>
    public static long OpenFilesLeft()
    {
        try
        {
            return (long)Math.Min(DescriptorLimit.Raise(), int.MaxValue) - Directory.GetFileSystemEntries("/proc/self/fd").Length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e is DirectoryNotFoundException ? long.MaxValue : 0;
        }
    }
}
