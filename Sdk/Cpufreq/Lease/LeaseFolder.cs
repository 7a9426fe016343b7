using System.Globalization;
using Microsoft.Win32.SafeHandles;
using PollScale.Native;

namespace PollScale.Cpufreq;

/// <summary>The folder of lease files: choosing it, its lock, and files that are whole or not there at all. Others must not be able to write it: a lease says what root writes to sysfs.</summary>
internal sealed class LeaseFolder : IDisposable
{
    private const string System = "/run/pollscale";
    private const string LockName = "lock";
    private const string Suffix = ".lease.json";
    private const string OwnerSuffix = ".owner";
    private const int LongestFile = 64 * 1024;
    private const uint ReadableByAll = 0x1A4; // 0644: doctor shows leases to every user
    private static readonly TimeSpan s_lockPatience = TimeSpan.FromSeconds(5);
    private readonly SafeFolder _folder;

    /// <summary>Opens or makes the folder.</summary>
    /// <param name="wanted">Folder asked for; null for the usual ones.</param>
    /// <exception cref="CpufreqException">None can be written, or others may write it.</exception>
    public LeaseFolder(string? wanted)
    {
        List<string> failures = [];
        foreach (string candidate in Candidates(wanted))
        {
            SafeFolder? folder = null;
            try
            {
                _folder = folder = new SafeFolder(candidate, createMode: LibC.geteuid() == 0 ? 0x1EDu : 0x1C0u); // 0755 or 0700
                Lock().Dispose();
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                folder?.Dispose();
                failures.Add(e.Message.Contains(candidate, StringComparison.Ordinal) ? e.Message : $"{candidate}: {e.Message}");
            }
        }

        throw new CpufreqException(CpufreqProblem.NoPermission,
            $"There is no folder for the lease file, which notes the governor to restore ({string.Join(' ', failures)}). Name a writable one that lasts until the next start, or run as root.");
    }

    /// <summary>What names of lease files look like.</summary>
    public static string Pattern => $"cpufreq-policy*{Suffix}";

    /// <summary>Full path.</summary>
    public string Path => _folder.Path;

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
    public string FileOf(int policy) => _folder.PathOf(NameOf(policy));

    /// <summary>Name of a policy's lease file.</summary>
    public static string NameOf(int policy) => string.Create(CultureInfo.InvariantCulture, $"cpufreq-policy{policy}{Suffix}");

    /// <summary>Full path of a name in the folder.</summary>
    public string PathOf(string name) => _folder.PathOf(name);

    /// <summary>Names of the lease files there are.</summary>
    public IReadOnlyList<string> Names() => _folder.Names(Pattern);

    /// <summary>Takes the folder's lock, an flock(2) that ends with the process.</summary>
    /// <exception cref="CpufreqException">Another process keeps it.</exception>
    public IDisposable Lock()
    {
        long start = Environment.TickCount64;
        while (true)
        {
            if (TryLock(LockName) is IDisposable locked)
            {
                return locked;
            }

            if (Environment.TickCount64 - start > s_lockPatience.TotalMilliseconds)
            {
                throw new CpufreqException(CpufreqProblem.Held, $"{_folder.PathOf(LockName)} is locked by another process that starts or ends; try again.");
            }

            Thread.Sleep(2);
        }
    }

    /// <summary>Takes the mark of a policy's owner, an flock(2) that lasts as long as the process, whatever its pid namespace.</summary>
    /// <returns>Null when another has it.</returns>
    public IDisposable? TryOwn(int policy) => TryLock(NameOf(policy) + OwnerSuffix);

    /// <summary>Reads a lease file.</summary>
    /// <exception cref="FormatException">Its text is no lease, or it is no file that may be trusted.</exception>
    public LeaseRecord Read(string name) => Read(_folder, name);

    /// <summary>Reads a lease file of a folder that is only looked at.</summary>
    /// <exception cref="FormatException">Its text is no lease, or it is no file that may be trusted.</exception>
    public static LeaseRecord Read(SafeFolder folder, string name)
    {
        try
        {
            return LeaseJson.Read(folder.Read(name, LongestFile));
        }
        catch (UnsafeFileException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    /// <summary>Writes a lease so that it is on disk, whole, before this returns. The caller holds the lock, or the policy's mark.</summary>
    public void Write(LeaseRecord lease) => _folder.Replace(NameOf(lease.Policy), LeaseJson.Write(lease), ReadableByAll);

    /// <summary>Removes a policy's lease.</summary>
    public void Delete(int policy)
    {
        _folder.Delete(NameOf(policy));
        _folder.Delete(NameOf(policy) + OwnerSuffix);
        _folder.Sync();
    }

    /// <summary>Puts a file aside under a name that is not looked at again.</summary>
    /// <returns>Its new path.</returns>
    public string SetAside(string name)
    {
        for (int i = 1; ; i++)
        {
            string aside = string.Create(CultureInfo.InvariantCulture, $"{name}.aside-{i}");
            if (!_folder.Has(aside))
            {
                _folder.Rename(name, aside);
                return _folder.PathOf(aside);
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    private SafeFileHandle? TryLock(string name)
    {
        SafeFileHandle file = _folder.OpenPrivate(name);
        if (LibC.flock((int)file.DangerousGetHandle(), LibC.LOCK_EX | LibC.LOCK_NB) == 0)
        {
            return file;
        }

        file.Dispose();
        return null;
    }
}
