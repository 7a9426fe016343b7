using PollScale.Native;

namespace PollScale.Cpufreq;

/// <summary>Looks at lease files, changing none: what a process that was killed left behind is restored when a policy is next taken over.</summary>
internal static class LeaseSurvey
{
    /// <summary>All leases there are.</summary>
    /// <param name="folder">Folder of lease files; null takes the usual ones, as <see cref="CpufreqOptions.LeaseFolder"/> says.</param>
    public static IReadOnlyList<LeaseState> Read(string? folder = null) => [.. LeaseFolder.Candidates(folder).SelectMany(LeasesIn)];

    private static IEnumerable<LeaseState> LeasesIn(string path)
    {
        try
        {
            using SafeFolder folder = new(path);
            return [.. folder.Names(LeaseFolder.Pattern).Select(name => Look(folder, name))];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [Unusable(path, e.Message)];
        }
    }

    private static LeaseState Look(SafeFolder folder, string name)
    {
        try
        {
            LeaseRecord lease = LeaseFolder.Read(folder, name);
            return new LeaseState(folder.PathOf(name), lease.Policy, lease.Root, lease.Owner.Pid, lease.Owner.Command, lease.Original.Governor, lease.Owner.IsAlive(), null);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            return Unusable(folder.PathOf(name), e.Message);
        }
    }

    private static LeaseState Unusable(string path, string trouble) => new(path, -1, "", 0, "", "", null, trouble);
}
