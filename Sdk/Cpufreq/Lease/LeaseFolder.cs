using System.Globalization;
using PollScale.Native;

namespace PollScale.Cpufreq;

/// <summary>The folder of lease files: choosing it, its lock, and files that are whole or not there at all.</summary>
internal sealed class LeaseFolder
{
    private const string System = "/run/pollscale";
    private const string Suffix = ".lease.json";
    private const string TemporarySuffix = ".tmp";
    private const string OwnerSuffix = ".owner";
    private const int LongestFile = 64 * 1024;
    private static readonly TimeSpan s_lockPatience = TimeSpan.FromSeconds(5);

    /// <summary>Opens or makes the folder.</summary>
    /// <param name="wanted">Folder asked for; null for the usual ones.</param>
    /// <exception cref="CpufreqException">None can be written.</exception>
    public LeaseFolder(string? wanted)
    {
        List<string> failures = [];
        foreach (string candidate in Candidates(wanted))
        {
            try
            {
                Directory.CreateDirectory(candidate);
                Path = candidate;
                Lock().Dispose();
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failures.Add($"{candidate}: {e.Message}");
            }
        }

        throw new CpufreqException(CpufreqProblem.NoPermission,
            $"There is no folder for the lease file, which notes the governor to restore ({string.Join(' ', failures)}). Name a writable one that lasts until the next start, or run as root.");
    }

    /// <summary>What names of lease files look like.</summary>
    public static string Pattern => $"cpufreq-policy*{Suffix}";

    /// <summary>Full path.</summary>
    public string Path { get; } = "";

    /// <summary>Folders that come into question, the best first.</summary>
    public static IReadOnlyList<string> Candidates(string? wanted)
    {
        if (wanted is not null)
        {
            return [wanted];
        }

        string? user = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        return string.IsNullOrEmpty(user) ? [System] : [System, global::System.IO.Path.Combine(user, "pollscale")];
    }

    /// <summary>Path of a policy's lease file.</summary>
    public string FileOf(int policy) => global::System.IO.Path.Combine(Path, string.Create(CultureInfo.InvariantCulture, $"cpufreq-policy{policy}{Suffix}"));

    /// <summary>Lease files there are.</summary>
    public IReadOnlyList<string> Files() => [.. Directory.EnumerateFiles(Path, Pattern).Order()];

    /// <summary>Takes the folder's lock, an flock(2) that ends with the process.</summary>
    /// <exception cref="CpufreqException">Another process keeps it.</exception>
    public IDisposable Lock()
    {
        string path = global::System.IO.Path.Combine(Path, "lock");
        long start = Environment.TickCount64;
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            }
            catch (IOException e) when (e.GetType() == typeof(IOException))
            {
                if (Environment.TickCount64 - start > s_lockPatience.TotalMilliseconds)
                {
                    throw new CpufreqException(CpufreqProblem.Held, $"{path} is locked by another process that starts or ends; try again. ({e.Message})", e);
                }

                Thread.Sleep(2);
            }
        }
    }

    /// <summary>Takes the mark of a policy's owner, an flock(2) that lasts as long as the process, whatever its pid namespace.</summary>
    /// <returns>Null when another has it.</returns>
    public IDisposable? TryOwn(int policy)
    {
        try
        {
            return new FileStream(FileOf(policy) + OwnerSuffix, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException e) when (e.GetType() == typeof(IOException))
        {
            return null;
        }
    }

    /// <summary>Reads a lease file.</summary>
    /// <exception cref="FormatException">Its text is no lease.</exception>
    public static LeaseRecord Read(string path) =>
        new FileInfo(path).Length <= LongestFile ? LeaseJson.Read(File.ReadAllBytes(path)) : throw new FormatException($"it is longer than {LongestFile} bytes");

    /// <summary>Writes a lease so that it is on disk, whole, before this returns.</summary>
    public void Write(LeaseRecord lease)
    {
        string path = FileOf(lease.Policy);
        string temporary = path + TemporarySuffix;
        using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1))
        {
            file.Write(LeaseJson.Write(lease));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        SyncFolder();
    }

    /// <summary>Removes a policy's lease.</summary>
    public void Delete(int policy)
    {
        File.Delete(FileOf(policy));
        File.Delete(FileOf(policy) + OwnerSuffix);
        SyncFolder();
    }

    /// <summary>Puts a file aside under a name that is not looked at again.</summary>
    /// <returns>Its new path.</returns>
    public static string SetAside(string path)
    {
        for (int i = 1; ; i++)
        {
            string aside = string.Create(CultureInfo.InvariantCulture, $"{path}.aside-{i}");
            if (!File.Exists(aside))
            {
                File.Move(path, aside);
                return aside;
            }
        }
    }

    private void SyncFolder()
    {
        int fd = LibC.open(Path, LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_CLOEXEC);
        if (fd >= 0)
        {
            _ = LibC.fsync(fd);
            _ = LibC.close(fd);
        }
    }
}
