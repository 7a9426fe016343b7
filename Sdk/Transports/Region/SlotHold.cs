using PollScale.Native;
using PollScale.Region;

namespace PollScale.Transports;

/// <summary>One process a slot: a lock on the slot's bytes of the device's memory, which ends with the process.</summary>
internal sealed class SlotHold : IDisposable
{
    private const uint ForAll = 0x1B6; // 0666
    private readonly int _file;

    private SlotHold(int file) => _file = file;

    /// <summary>Takes a slot.</summary>
    /// <param name="device">The device, whose descriptor carries the lock.</param>
    /// <param name="header">Of its region.</param>
    /// <param name="vcpu">The slot's vCPU.</param>
    /// <exception cref="RegionUnavailableException">Another process has it.</exception>
    public static SlotHold Take(RegionDevice device, RegionHeader header, int vcpu) =>
        Take(device.MemoryFd, device.Folder, header.Slot(vcpu), header.SlotStride, vcpu, Path.GetTempPath());

    /// <summary>Takes some bytes of a file.</summary>
    /// <param name="fd">The file, open for writing.</param>
    /// <param name="device">Folder of the device, for texts and the lock file's name.</param>
    /// <param name="start">First byte.</param>
    /// <param name="length">Number of bytes.</param>
    /// <param name="vcpu">Whose they are.</param>
    /// <param name="folder">Folder of the lock file, which stands in where the file takes no lock.</param>
    internal static SlotHold Take(int fd, string device, long start, long length, int vcpu, string folder)
    {
        bool? taken = FileHold.TryTake(fd, start, length);
        int file = -1;
        if (taken is null)
        {
            string path = Path.Join(folder, $"pollscale-{Path.GetFileName(device)}.lock");
            file = Open(path);
            taken = file >= 0 ? FileHold.TryTake(file, start, length) ?? true : throw new RegionUnavailableException(
                $"The slot of vCPU {vcpu} cannot be locked, in the device's file or by {path}: {LibC.strerror(LibC.errno)}.", "Remove that file, or let this user write it.");
        }

        if (taken == false)
        {
            _ = file >= 0 ? LibC.close(file) : 0;
            throw new RegionUnavailableException($"Another process has vCPU {vcpu}'s slot of the shared page ({device}).", "End it, or pin this thread to another CPU.");
        }

        return new SlotHold(file);
    }

    /// <inheritdoc/>
    public void Dispose() => _ = _file >= 0 ? LibC.close(_file) : 0;

    // Without O_CREAT first: with it the kernel refuses another user's file in a folder such as /tmp.
    private static int Open(string path)
    {
        const int Flags = LibC.O_RDWR | LibC.O_NOFOLLOW | LibC.O_CLOEXEC;
        int file = LibC.open(path, Flags);
        return file >= 0 ? file : LibC.open(path, Flags | LibC.O_CREAT, ForAll);
    }
}
