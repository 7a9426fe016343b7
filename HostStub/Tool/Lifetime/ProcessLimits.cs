using System.Globalization;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.Native;

namespace PollScale.HostStub.Lifetime;

/// <summary>Limits of this process that leave it no chance.</summary>
internal static class ProcessLimits
{
    /// <summary>Files that may still be opened when things begin to fail.</summary>
    public const int SpareFiles = 8;

    // A demo comes to some 57 MiB. Beyond its cgroup's limit the kernel kills a process without a word.
    private const long LeastMemoryMiB = 64;

    // The runtime takes at most so much of a limit for its heap, and tells only that.
    private const double HeapShare = 0.75;

    /// <summary>Raises what may be raised, and says what is too low all the same, and what to do; null when nothing is.</summary>
    public static string? Problem()
    {
        if (DescriptorLimit.Raise() is < ChannelResources.OfProcess and ulong files)
        {
            return $"this process may open {files} files only, and needs {ChannelResources.OfProcess}. Raise the limit: ulimit -n, or LimitNOFILE= of its systemd unit.";
        }

        double memoryMiB = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / HeapShare / (1 << 20);
        return memoryMiB < LeastMemoryMiB
            ? string.Create(CultureInfo.InvariantCulture, $"this process may have some {memoryMiB:0} MiB of memory only, and needs {LeastMemoryMiB}. Raise the limit: memory.max of its cgroup, or MemoryMax= of its systemd unit.")
            : null;
    }

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
