using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <content>Memory.</content>
internal sealed partial class LinuxPersonality
{
    private const int ProtMask = LibC.PROT_READ | LibC.PROT_WRITE | LibC.PROT_EXEC;

    private long MapMemory(GuestThread thread, SyscallArgs args)
    {
        (ulong address, ulong length, int prot, int flags) = (args.A0, args.A1, (int)args.A2, (int)args.A3);
        if ((prot & ~ProtMask) != 0 || length == 0)
        {
            return -LibC.EINVAL;
        }

        ulong? device = null;
        if ((flags & LibC.MAP_ANONYMOUS) == 0)
        {
            if (thread.Files[(uint)args.A4] is not { } file)
            {
                return -LibC.EBADF;
            }

            if (!file.IsReadable || ((flags & LibC.MAP_SHARED) != 0 && (prot & LibC.PROT_WRITE) != 0 && !file.IsWritable))
            {
                return -LibC.EACCES;
            }

            if (args.A5 % GuestLayout.PageSize != 0 || !file.File.TryMap(args.A5, length, prot, out ulong gpa))
            {
                return -LibC.EINVAL;
            }

            device = gpa;
        }

        const int Fixed = LibC.MAP_FIXED | LibC.MAP_FIXED_NOREPLACE;
        int error;
        if ((flags & Fixed) == 0)
        {
            error = process.Space.MapAnywhere(address, length, prot, device, out address);
        }
        else if ((flags & LibC.MAP_FIXED_NOREPLACE) != 0)
        {
            ulong wanted = address;
            error = process.Space.MapAnywhere(address, length, prot, device, out address);
            if (error == 0 && address != wanted)
            {
                process.Space.Unmap(address, length);
                error = LibC.EEXIST;
            }
        }
        else
        {
            error = process.Space.Map(address, length, prot, device);
        }

        return error == 0 ? (long)address : -error;
    }

    private long Protect(SyscallArgs args) =>
        ((int)args.A2 & ~ProtMask) != 0 ? -LibC.EINVAL : -process.Space.Protect(args.A0, args.A1, (int)args.A2);

    // Populating is the guest's own business: only its touch brings a page into the tables the CPU walks.
    private long Advise(SyscallArgs args) => args.A2 switch
    {
        LibC.MADV_DONTNEED => -process.Space.Discard(args.A0, args.A1),
        LibC.MADV_POPULATE_READ or LibC.MADV_POPULATE_WRITE => -LibC.EINVAL,
        _ => 0,
    };

    // The guest's threads are threads of this process, so the host's barrier reaches each of them, in the guest or not.
    private static long Membarrier(SyscallArgs args)
    {
        nint result = LibC.syscall(LibC.SYS_membarrier, (nint)args.A0, (nint)args.A1, 0, 0, 0, 0);
        return result < 0 ? -LibC.errno : result;
    }
}
