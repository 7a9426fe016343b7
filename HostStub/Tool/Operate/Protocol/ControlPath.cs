using System.Globalization;
using PollScale.Native;

namespace PollScale.HostStub.Operate.Protocol;

/// <summary>Where a daemon's control socket is.</summary>
internal static class ControlPath
{
    /// <summary>Name of the socket in its folder.</summary>
    public const string Name = "control.sock";

    private const string Groups = "/etc/group";

    /// <summary>Paths that come into question where none is given, the best first: the system's daemon, and one of this user.</summary>
    /// <param name="variable">Value of an environment variable, or null.</param>
    public static IReadOnlyList<string> Candidates(Func<string, string?> variable)
    {
        string? user = variable("XDG_RUNTIME_DIR");
        return string.IsNullOrEmpty(user) ? [$"/run/pollscale/{Name}"] : [$"/run/pollscale/{Name}", Path.Combine(user, "pollscale", Name)];
    }

    /// <summary>A group by its number or its name in /etc/group; null where there is none.</summary>
    public static uint? Group(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number
        : Entries().FirstOrDefault(entry => entry[0] == text) is string[] found && uint.TryParse(found[2], NumberStyles.None, CultureInfo.InvariantCulture, out number) ? number
        : null;

    /// <summary>A group's name, or its number where it has none.</summary>
    public static string GroupName(uint group)
    {
        string number = group.ToString(CultureInfo.InvariantCulture);
        return Entries().FirstOrDefault(entry => entry[2] == number)?[0] ?? number;
    }

    /// <summary>The group that may use a socket; null where there is none.</summary>
    public static string? GroupOf(string path) => FileFacts.At(path) is FileFacts facts ? GroupName(facts.Gid) : null;

    private static IEnumerable<string[]> Entries()
    {
        try
        {
            return [.. File.ReadLines(Groups).Select(line => line.Split(':')).Where(entry => entry.Length >= 3)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
