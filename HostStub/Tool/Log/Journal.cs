using System.Globalization;
using PollScale.Native;

namespace PollScale.HostStub.Log;

/// <summary>Whether a stream leads to systemd's journal.</summary>
internal static class Journal
{
    /// <summary>Compares the stream with JOURNAL_STREAM, as systemd.exec(5) says: another stream in its place, a file or a pipe, is not the journal.</summary>
    /// <param name="fd">The stream's descriptor.</param>
    /// <param name="variable">Value of an environment variable, or null.</param>
    public static bool Takes(int fd, Func<string, string?> variable) =>
        variable("JOURNAL_STREAM")?.Split(':') is [string device, string inode]
        && FileFacts.TryRead(fd, out FileFacts stream)
        && Is(device, NumberOf((uint)(stream.Device >> 32), (uint)stream.Device)) && Is(inode, stream.Inode);

    private static bool Is(string text, ulong number) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) && value == number;

    // makedev(3): the number that stat(2) gives for a device.
    private static ulong NumberOf(ulong major, ulong minor) => ((major & 0xfffff000) << 32) | ((major & 0xfff) << 8) | ((minor & 0xffffff00) << 12) | (minor & 0xff);
}
