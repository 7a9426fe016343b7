using System.ComponentModel;
using PollScale.Native;
using PollScale.Region;

namespace PollScale.Transports;

/// <summary>An ivshmem device whose memory is a region, mapped through sysfs.</summary>
// SAFETY: both mappings last until disposal, after which the transport makes no call; the doorbell lies in the page that is mapped, slots and statuses in the region.
internal sealed unsafe class RegionDevice : IDisposable
{
    private const int RegistersSize = 4096;
    private readonly MappedRegion _memory;
    private readonly MappedRegion _registers;
    private readonly int _memoryFd;

    private RegionDevice(string folder, int memoryFd, MappedRegion memory, MappedRegion registers)
    {
        Folder = folder;
        _memoryFd = memoryFd;
        _memory = memory;
        _registers = registers;
    }

    /// <summary>The device's folder in sysfs.</summary>
    public string Folder { get; }

    /// <summary>Descriptor of the memory's file, for locks.</summary>
    public int MemoryFd => _memoryFd;

    /// <summary>The region.</summary>
    public RegionReader Region => new(_memory.Address);

    /// <summary>Opens a device.</summary>
    /// <param name="folder">Its folder in sysfs.</param>
    /// <returns>Null when its memory is no region.</returns>
    /// <exception cref="RegionUnavailableException">Its files may not be used; the message says why and what to do.</exception>
    public static RegionDevice? TryOpen(string folder)
    {
        // Not resource2_wc: behind a write-combining mapping a request may still wait when the doorbell rings.
        string memoryPath = Path.Join(folder, "resource2"), registersPath = Path.Join(folder, "resource0");
        int fd = -1;
        string at = memoryPath;
        MappedRegion? memory = null;
        try
        {
            fd = Open(memoryPath);
            if (FileFacts.TryRead(fd, out FileFacts facts) && facts.Size >= RegionLayout.Size)
            {
                memory = MappedRegion.Map(fd, 0, RegionLayout.Size, LibC.PROT_READ | LibC.PROT_WRITE, memoryPath);
            }

            if (memory is not null && new RegionReader(memory.Address).HasMagic)
            {
                at = registersPath;
                MappedRegion registers = MappedRegion.MapPath(registersPath, LibC.O_RDWR, 0, RegistersSize, LibC.PROT_READ | LibC.PROT_WRITE);
                return new RegionDevice(folder, fd, memory, registers);
            }
        }
        catch (Win32Exception exception)
        {
            Close();
            throw RegionAccess.Failure(at, exception);
        }

        Close();
        return null;

        void Close()
        {
            memory?.Dispose();
            _ = fd >= 0 ? LibC.close(fd) : 0;
        }
    }

    /// <summary>The doorbell's register.</summary>
    public uint* Doorbell => (uint*)(_registers.Address + RegionLayout.DoorbellRegister);

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory.Dispose();
        _registers.Dispose();
        _ = LibC.close(_memoryFd);
    }

    private static int Open(string path)
    {
        int fd = LibC.open(path, LibC.O_RDWR | LibC.O_CLOEXEC);
        return fd >= 0 ? fd : throw Errno.Failure($"open of {path}");
    }
}
