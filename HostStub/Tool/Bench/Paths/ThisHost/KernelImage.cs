using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>A kernel for x86 as it is booted (Linux's arch/x86/boot.rst).</summary>
internal static class KernelImage
{
    private const int Magic = 0x202, VersionAt = 0x20E, Sector = 0x200, Longest = 128, Most = 1 << 16;

    /// <summary>The release that the kernel says it is, by which its modules' folder is called.</summary>
    /// <param name="path">The kernel.</param>
    /// <exception cref="GuestSetupException">It cannot be read, or is none.</exception>
    public static string Release(string path)
    {
        try
        {
            using SafeFileHandle file = SafeFile.OpenRead(path, FileTrust.NotEverybody);
            byte[] head = new byte[Most];
            int length = RandomAccess.Read(file, head, 0);
            if (length > VersionAt + sizeof(ushort) && head.AsSpan(Magic, 4).SequenceEqual("HdrS"u8)
                && BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(VersionAt)) is var at and > 0 && at + Sector < length)
            {
                ReadOnlySpan<byte> text = head.AsSpan(at + Sector, Math.Min(Longest, length - at - Sector));
                int end = text.IndexOfAny((byte)' ', (byte)0);
                string release = Encoding.Latin1.GetString(end < 0 ? text : text[..end]);
                if (release.Length > 0 && release.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '+' or '_' or '~') && release[0] != '.')
                {
                    return release;
                }
            }

            throw new GuestSetupException($"{path} is no kernel for x86 that tells its release.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GuestSetupException($"The VM's kernel {path} cannot be read: {e.Message.TrimEnd('.')}. Name one by --kernel.", e);
        }
    }
}
