using System.IO.Compression;
using Microsoft.Win32.SafeHandles;
using PollScale.Native;

namespace PollScale.HostStub.Traffic.Pcap;

/// <summary>Opens the file of a capture: a regular one, that holds something, packed by gzip or not at all.</summary>
internal static class CaptureFile
{
    private const int MagicLength = 6;

    // What packs captures, by its first bytes, and the command that unpacks it.
    private static readonly (byte[] Magic, string Name, string Remedy)[] s_packers =
    [
        ([0x28, 0xB5, 0x2F, 0xFD], "zstd", "zstd -d"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz", "xz -dk"),
        ([0x04, 0x22, 0x4D, 0x18], "lz4", "lz4 -d"),
        ([0x42, 0x5A, 0x68], "bzip2", "bzip2 -dk"),
        ([0x50, 0x4B, 0x03, 0x04], "zip", "unzip"),
        ([0x1F, 0x9D], "compress", "gzip -dk"),
    ];

    /// <summary>Opens a file.</summary>
    /// <param name="path">Its path; a symbolic link is followed, as the user's own.</param>
    /// <param name="isGzip">True when gzip packed it.</param>
    /// <exception cref="PcapException">It cannot be opened, is no regular file or empty, or packed by something else.</exception>
    public static SafeFileHandle Open(string path, out bool isGzip)
    {
        if (string.IsNullOrEmpty(path) || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new PcapException("The capture's path is empty or holds a NUL character. Give a pcap or pcapng file.");
        }

        // Without O_NONBLOCK a FIFO would block for ever, and some devices act on being opened.
        int fd = LibC.open(path, LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_CLOEXEC);
        if (fd < 0)
        {
            int error = LibC.errno;
            throw new PcapException(path == "-"
                ? "A capture cannot come from standard input: it is loaded whole before it is replayed. Save it to a file first: cat > FILE."
                : $"Cannot open {path}: {LibC.strerror(error)}. Check the path and its permissions.");
        }

        SafeFileHandle file = new(fd, ownsHandle: true);
        try
        {
            if (!FileFacts.TryRead(fd, out FileFacts facts) || !facts.IsRegular)
            {
                throw new PcapException($"{path} is {facts.KindText}, not a regular file. A capture is loaded whole before it is replayed: give a pcap or pcapng file.");
            }

            Span<byte> start = stackalloc byte[MagicLength];
            start = start[..RandomAccess.Read(file, start, 0)];
            if (start.IsEmpty)
            {
                throw new PcapException($"{path} is empty: there is nothing to replay.");
            }

            isGzip = start is [0x1F, 0x8B, ..];
            Refuse(path, start);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.Dispose();
            throw new PcapException($"Cannot read {path}: {e.Message}", e);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Refuses what begins as a packed file that is not read here.</summary>
    /// <exception cref="PcapException">It does.</exception>
    public static void Refuse(string path, ReadOnlySpan<byte> start)
    {
        foreach ((byte[] magic, string name, string remedy) in s_packers)
        {
            if (start.StartsWith(magic))
            {
                throw new PcapException($"{path} is compressed with {name}; only gzip is read as it is. Unpack it first: {remedy} {Path.GetFileName(path)}.");
            }
        }
    }

    /// <summary>The blocks of a pcapng file.</summary>
    /// <returns>Null when it is none, or cannot be read again.</returns>
    public static PcapNgShape? Shape(string path)
    {
        try
        {
            using FileStream file = new(Open(path, out bool isGzip), FileAccess.Read);
            using Stream blocks = isGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
            return PcapNgShape.Read(blocks);
        }
        catch (Exception e) when (e is PcapException or IOException or InvalidDataException)
        {
            return null;
        }
    }
}
