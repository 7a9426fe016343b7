using System.Globalization;
using System.Text;
using PollScale.Native;

namespace PollScale.HostStub.Channels.Answered;

/// <summary>Where a process has mapped a guest's page, as /proc/PID/maps tells it.</summary>
internal static class RegionAddress
{
    private const int MostBytes = 1 << 26; // of a VM with very many mappings

    /// <summary>Finds it. It may wait for files.</summary>
    /// <param name="process">The VM's process.</param>
    /// <param name="page">Which file the page is.</param>
    /// <param name="problem">Why it is not known, with what to do.</param>
    /// <returns>Address of its first byte; null where it is not known.</returns>
    public static ulong? Find(int process, FileFacts page, out string problem)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/maps");
        try
        {
            foreach (string line in Encoding.UTF8.GetString(SafeFile.Read(path, MostBytes)).Split('\n'))
            {
                if (Parse(line, page) is ulong address)
                {
                    problem = "";
                    return address;
                }
            }

            problem = $"process {process} has not mapped the page.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"{e.Message.TrimEnd('.')}: where process {process} has mapped the page is told to root, or with the drop-in answered.conf (CAP_SYS_PTRACE).";
        }

        return null;
    }

    // "7f00-7f01 rw-s 00000000 00:01 1034 /memfd:..." (proc(5))
    internal static ulong? Parse(string line, FileFacts page)
    {
        const int Range = 0, Offset = 2, Device = 3, Inode = 4;
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > Inode
            && Hex(fields[Offset]) == 0
            && ulong.TryParse(fields[Inode], NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode) && inode == page.Inode
            && fields[Device].Split(':') is [string major, string minor] && Hex(major) is ulong high && Hex(minor) is ulong low && ((high << 32) | low) == page.Device
                ? Hex(fields[Range].Split('-')[0])
                : null;
    }

    private static ulong? Hex(string text) => ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value) ? value : null;
}
