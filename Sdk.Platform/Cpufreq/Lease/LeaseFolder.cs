using System.Globalization;
using Microsoft.Win32.SafeHandles;
using PollScale.Native;

namespace PollScale.Cpufreq;

/// <summary>
/// The folder of lease files: choosing it, and files that are whole or not there at all. Others must not be able to write it: a lease says what root
/// writes to sysfs. Its lock is held for names in it alone; what is done to a policy is under that policy's mark, and holds up no other.
/// </summary>
internal sealed class LeaseFolder : IDisposable
{
    private const string System = "/run/pollscale";
    private const string LockName = "lock";
    private const string Prefix = "cpufreq-policy";
    private const string Suffix = ".lease.json";
    private const string OwnerSuffix = ".owner";
    private const int LongestFile = 64 * 1024;
    private const uint ReadableByAll = 0x1A4; // 0644: doctor shows leases to every user
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
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
    public static string Pattern => $"{Prefix}*{Suffix}";

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
    public static string NameOf(int policy) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{policy}{Suffix}");

    /// <summary>Full path of a name in the folder.</summary>
    public string PathOf(string name) => _folder.PathOf(name);

    /// <summary>Whether there is a file of this name.</summary>
    public bool Has(string name) => _folder.Has(name);

    /// <summary>Names of the lease files there are.</summary>
    public IReadOnlyList<string> Names() => _folder.Names(Pattern);

    /// <summary>Number of the policy that a lease file's name is of; null for no such name.</summary>
    public static int? PolicyOf(string name) =>
        name.Length > Prefix.Length + Suffix.Length && int.TryParse(name.AsSpan()[Prefix.Length..^Suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out int policy) && NameOf(policy) == name ? policy : null;

    /// <summary>Takes the mark of a policy's owner, an flock(2) that lasts as long as the process, whatever its pid namespace.</summary>
    /// <returns>Null when another has it.</returns>
    /// <exception cref="CpufreqException">Another process keeps the folder's lock.</exception>
    public IDisposable? TryOwn(int policy)
    {
        using IDisposable locked = Lock(); // lest the file be one that is being deleted
        return TryLock(OwnerOf(policy));
    }

    /// <summary>As <see cref="TryOwn"/>; waits for one who only looks whether there is something to restore.</summary>
    /// <exception cref="CpufreqException">Another process controls the policy.</exception>
    public IDisposable Own(int policy)
    {
        for (long start = Environment.TickCount64; ; Thread.Sleep(2))
        {
            if (TryOwn(policy) is IDisposable mark)
            {
                return mark;
            }

            if (Holder(policy) is LeaseOwner { } owner)
            {
                throw new CpufreqException(
                    CpufreqProblem.Held,
                    $"cpufreq policy {policy} is controlled by process {owner.Pid} ({owner.Command}), says {FileOf(policy)}. End that process first, or choose a CPU of another policy.");
            }

            if (Environment.TickCount64 - start > s_patience.TotalMilliseconds)
            {
                throw new CpufreqException(CpufreqProblem.Held, $"cpufreq policy {policy} is controlled by another process: it holds {_folder.PathOf(OwnerOf(policy))}. End that process first.");
            }
        }
    }

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

    /// <summary>Writes a lease so that it is on disk, whole, before this returns. The caller holds the policy's mark.</summary>
    public void Write(LeaseRecord lease) => _folder.Replace(NameOf(lease.Policy), LeaseJson.Write(lease), ReadableByAll);

    /// <summary>Removes a policy's lease. The caller holds the policy's mark.</summary>
    public void Delete(int policy)
    {
        _folder.Delete(NameOf(policy));
        _folder.Sync();
    }

    /// <summary>Removes the file that a policy's mark is on, as the last thing before the mark goes.</summary>
    /// <exception cref="CpufreqException">Another process keeps the folder's lock.</exception>
    public void Disown(int policy)
    {
        using IDisposable locked = Lock();
        _folder.Delete(OwnerOf(policy));
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

    private static string OwnerOf(int policy) => NameOf(policy) + OwnerSuffix;

    // Who controls a policy whose mark is taken; null where nobody does yet, or no more.
    private LeaseOwner? Holder(int policy)
    {
        try
        {
            return Read(NameOf(policy)).Owner is LeaseOwner owner && owner.IsAlive() != false ? owner : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    // An flock(2) that ends with the process.
    private SafeFileHandle Lock()
    {
        for (long start = Environment.TickCount64; ; Thread.Sleep(2))
        {
            if (TryLock(LockName) is SafeFileHandle locked)
            {
                return locked;
            }

            if (Environment.TickCount64 - start > s_patience.TotalMilliseconds)
            {
                throw new CpufreqException(CpufreqProblem.Held, $"{_folder.PathOf(LockName)} is locked by another process that starts or ends; try again.");
            }
        }
    }

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
