using System.Globalization;

namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>Where, in a folder of this program's own, VMs and who answers them meet.</summary>
internal static class PathSockets
{
    /// <summary>Of the VM's page.</summary>
    public static string Page(string folder) => Path.Combine(folder, "page");

    /// <summary>Of the VM's port.</summary>
    public static string Port(string folder) => Path.Combine(folder, "port");

    /// <summary>Of the other guests.</summary>
    public static IEnumerable<string> Others(string folder, int count) => Enumerable.Range(0, count).Select(n => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"other{n}")));
}
