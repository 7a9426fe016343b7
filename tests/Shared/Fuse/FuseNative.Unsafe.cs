using System.Runtime.InteropServices;
using PollScale.Native;

namespace PollScale.Tests.Shared.Fuse;

/// <summary>mount(2) and the FUSE device.</summary>
internal static unsafe partial class FuseNative
{
    private const nuint MS_NOSUID = 2, MS_NODEV = 4;
    private const int MNT_DETACH = 2;

    /// <summary>Mounts a FUSE file system whose requests come from a device descriptor.</summary>
    /// <returns>0, or an error number.</returns>
    public static int Mount(string folder, int device) =>
        mount("pollscale", folder, "fuse", MS_NOSUID | MS_NODEV, $"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other") == 0 ? 0 : LibC.errno;

    /// <summary>Unmounts; open files stay until they are closed.</summary>
    public static void Unmount(string folder) => _ = umount2(folder, MNT_DETACH);

    /// <summary>Opens /dev/fuse.</summary>
    /// <returns>A descriptor, or -1.</returns>
    public static int OpenDevice() => LibC.open("/dev/fuse", LibC.O_RDWR | LibC.O_CLOEXEC);

    /// <summary>Takes the next request.</summary>
    /// <returns>Its length, or the negated error number.</returns>
    public static int Receive(int device, Span<byte> buffer)
    {
        // SAFETY: the kernel writes no more than the length given, and the buffer is pinned meanwhile.
        fixed (byte* data = buffer)
        {
            nint read = LibC.read(device, data, (nuint)buffer.Length);
            return read < 0 ? -LibC.errno : (int)read;
        }
    }

    /// <summary>Sends a reply; one that nobody waits for any more is dropped by the kernel.</summary>
    public static void Send(int device, ReadOnlySpan<byte> reply)
    {
        // SAFETY: the kernel only reads, no more than the length given, and the buffer is pinned meanwhile.
        fixed (byte* data = reply)
        {
            _ = LibC.write(device, data, (nuint)reply.Length);
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string filesystemtype, nuint mountflags, string data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);
}
