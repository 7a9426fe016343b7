using System.Globalization;
using System.Text;

namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>The initramfs of a VM whose first and only process is one program: a cpio archive of the kind newc (Linux's driver-api/early-userspace/buffer-format.rst).</summary>
internal static class GuestArchive
{
    private const string Magic = "070701", End = "TRAILER!!!";
    private const uint Folder = 0x41ED, Device = 0x2180, Program = 0x81ED, Plain = 0x8124; // 040755, 020600, 0100755, 0100444
    private const uint ConsoleMajor = 5, ConsoleMinor = 1;
    private const int Alignment = 4, HeaderBytes = 110;

    /// <summary>Writes it: folders to mount on, the console, the program and drivers.</summary>
    /// <param name="archive">Where.</param>
    /// <param name="program">The program, static.</param>
    /// <param name="drivers">Modules that it is to load, in this order.</param>
    public static void Write(Stream archive, ReadOnlySpan<byte> program, IReadOnlyList<(string Name, byte[] Content)> drivers)
    {
        foreach (string folder in (string[])["dev", "proc", "sys", "modules"])
        {
            Entry(archive, folder, Folder, []);
        }

        Entry(archive, "dev/console", Device, [], ConsoleMajor, ConsoleMinor);
        Entry(archive, "init", Program, program);
        foreach (((string name, byte[] content), int n) in drivers.Select((driver, n) => (driver, n)))
        {
            Entry(archive, string.Create(CultureInfo.InvariantCulture, $"modules/{n:d2}-{name}"), Plain, content); // names are their order
        }

        Entry(archive, End, 0, []);
    }

    // Inode, mode, owner, group, links, time, size, device, device of a node, length of the name, checksum (of another kind).
    private static void Entry(Stream archive, string name, uint mode, ReadOnlySpan<byte> content, uint major = 0, uint minor = 0)
    {
        uint[] fields = [0, mode, 0, 0, 1, 0, (uint)content.Length, 0, 0, major, minor, (uint)name.Length + 1, 0];
        StringBuilder header = new(Magic);
        Array.ForEach(fields, field => header.Append(CultureInfo.InvariantCulture, $"{field:x8}"));
        archive.Write(Encoding.ASCII.GetBytes(header.Append(name).Append('\0').ToString()));
        Pad(archive, HeaderBytes + name.Length + 1);
        archive.Write(content);
        Pad(archive, content.Length);
    }

    private static void Pad(Stream archive, int written) => archive.Write(new byte[-written & (Alignment - 1)]);
}
