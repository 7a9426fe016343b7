using PollScale.HostStub.Guest.Files;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <content>Descriptors: duplicating, controlling, making.</content>
internal sealed partial class LinuxPersonality
{
    private static long Duplicate(GuestThread thread, SyscallArgs args) =>
        thread.Files[(uint)args.A0] is not { } file ? -LibC.EBADF : thread.Files.Add(file) is var fd and >= 0 ? fd : -LibC.EMFILE;

    private static long DuplicateTo(GuestThread thread, SyscallArgs args, int flags, bool sameIsFine)
    {
        uint from = (uint)args.A0, to = (uint)args.A1;
        if ((flags & ~LibC.O_CLOEXEC) != 0 || (from == to && !sameIsFine))
        {
            return -LibC.EINVAL;
        }

        return thread.Files[from] is not { } file ? -LibC.EBADF
            : from == to || thread.Files.Replace(file, to, (flags & LibC.O_CLOEXEC) != 0) ? to
            : -LibC.EBADF;
    }

    private static long CloseRange(GuestThread thread, SyscallArgs args)
    {
        const uint CLOSE_RANGE_CLOEXEC = 4;
        (uint first, uint last, uint flags) = ((uint)args.A0, (uint)args.A1, (uint)args.A2);
        if (first > last || (flags & ~CLOSE_RANGE_CLOEXEC) != 0)
        {
            return -LibC.EINVAL;
        }

        for (ulong fd = first; fd <= Math.Min(last, FileTable.MaxFiles - 1); fd++)
        {
            if (flags != 0)
            {
                thread.Files.SetCloseOnExec(fd, true);
            }
            else
            {
                thread.Files.Close(fd);
            }
        }

        return 0;
    }

    private static long FileControl(GuestThread thread, SyscallArgs args)
    {
        const ulong F_DUPFD = 0, F_GETFD = 1, F_SETFD = 2, F_GETFL = 3, F_SETFL = 4, F_DUPFD_CLOEXEC = 1030;
        uint fd = (uint)args.A0;
        if (thread.Files[fd] is not { } file)
        {
            return -LibC.EBADF;
        }

        switch (args.A1)
        {
            case F_DUPFD or F_DUPFD_CLOEXEC:
                return args.A2 >= FileTable.MaxFiles ? -LibC.EINVAL
                    : thread.Files.Add(file, (int)args.A2, args.A1 == F_DUPFD_CLOEXEC) is var copy and >= 0 ? copy : -LibC.EMFILE;
            case F_GETFL:
                return file.Flags;
            case F_SETFL:
                file.SetFlags((int)args.A2);
                return 0;
            case F_GETFD:
                return thread.Files.IsCloseOnExec(fd) ? 1 : 0;
            case F_SETFD:
                thread.Files.SetCloseOnExec(fd, (args.A2 & 1) != 0);
                return 0;
            default:
                return -LibC.EINVAL;
        }
    }

    private long DeviceControl(GuestThread thread, SyscallArgs args)
    {
        const uint FIONBIO = 0x5421, FIONREAD = 0x541B, FIOCLEX = 0x5451, FIONCLEX = 0x5450;
        uint fd = (uint)args.A0;
        if (thread.Files[fd] is not { } file)
        {
            return -LibC.EBADF;
        }

        switch ((uint)args.A1)
        {
            case FIONBIO:
                if (!process.Space.TryRead(args.A2, out int on))
                {
                    return -LibC.EFAULT;
                }

                file.SetFlags(on != 0 ? file.Flags | LibC.O_NONBLOCK : file.Flags & ~LibC.O_NONBLOCK);
                return 0;
            case FIONREAD:
                long bytes = file.File.Readable;
                return bytes < 0 ? bytes : process.Space.TryWrite(args.A2, (int)bytes) ? 0 : -LibC.EFAULT;
            case FIOCLEX or FIONCLEX:
                thread.Files.SetCloseOnExec(fd, (uint)args.A1 == FIOCLEX);
                return 0;
            default:
                return -LibC.ENOTTY;
        }
    }

    private long Pipe(GuestThread thread, ulong address, int flags)
    {
        const int O_DIRECT = 0x4000;
        if ((flags & ~(LibC.O_CLOEXEC | LibC.O_NONBLOCK | O_DIRECT)) != 0)
        {
            return -LibC.EINVAL;
        }

        GuestPipe pipe = new(process.Bell);
        int kept = flags & LibC.O_NONBLOCK;
        bool closeOnExec = (flags & LibC.O_CLOEXEC) != 0;
        int read = thread.Files.Add(new OpenFile(pipe.ReadEnd, kept | LibC.O_RDONLY), 0, closeOnExec);
        int write = thread.Files.Add(new OpenFile(pipe.WriteEnd, kept | LibC.O_WRONLY), 0, closeOnExec);
        if (read >= 0 && write >= 0 && process.Space.TryWrite(address, (read, write)))
        {
            return 0;
        }

        if (read >= 0)
        {
            thread.Files.Close((ulong)read);
        }

        if (write >= 0)
        {
            thread.Files.Close((ulong)write);
            return -LibC.EFAULT;
        }

        return -LibC.EMFILE;
    }

    private long EventDescriptor(GuestThread thread, SyscallArgs args, int flags)
    {
        const int EFD_SEMAPHORE = 1;
        if ((flags & ~(EFD_SEMAPHORE | LibC.O_CLOEXEC | LibC.O_NONBLOCK)) != 0)
        {
            return -LibC.EINVAL;
        }

        EventFile file = new(process.Bell, (uint)args.A0, (flags & EFD_SEMAPHORE) != 0);
        int fd = thread.Files.Add(new OpenFile(file, LibC.O_RDWR | (flags & LibC.O_NONBLOCK)), 0, (flags & LibC.O_CLOEXEC) != 0);
        return fd >= 0 ? fd : -LibC.EMFILE;
    }
}
