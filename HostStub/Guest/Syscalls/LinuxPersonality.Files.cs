using PollScale.HostStub.Guest.Files;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <content>Files, pipes and the console.</content>
internal sealed partial class LinuxPersonality
{
    private const int MaxTransfer = 64 * 1024;
    private const int MaxPath = 4096;

    private long Read(GuestThread thread, SyscallArgs args)
    {
        if (process.Files[args.A0] is not { } file)
        {
            return -LibC.EBADF;
        }

        byte[] buffer = new byte[(int)Math.Min(args.A2, MaxTransfer)];
        long count = Retry(thread, () => file.Read(buffer));
        return count > 0 && !process.Space.TryWrite(args.A1, buffer.AsSpan(0, (int)count)) ? -LibC.EFAULT : count;
    }

    private long Write(GuestThread thread, SyscallArgs args) =>
        process.Files[args.A0] is { } file ? WriteBytes(thread, file, args.A1, args.A2) : -LibC.EBADF;

    private long WriteVector(GuestThread thread, SyscallArgs args)
    {
        const ulong MaxVectors = 1024;
        if (process.Files[args.A0] is not { } file)
        {
            return -LibC.EBADF;
        }

        if (args.A2 > MaxVectors)
        {
            return -LibC.EINVAL;
        }

        long total = 0;
        for (ulong i = 0; i < args.A2; i++)
        {
            if (!process.Space.TryRead(args.A1 + (i * 16), out (ulong Base, ulong Length) vector))
            {
                return total > 0 ? total : -LibC.EFAULT;
            }

            long written = WriteBytes(thread, file, vector.Base, vector.Length);
            if (written < 0)
            {
                return total > 0 ? total : written;
            }

            total += written;
            if ((ulong)written < vector.Length)
            {
                break;
            }
        }

        return total;
    }

    private long WriteBytes(GuestThread thread, IGuestFile file, ulong address, ulong length)
    {
        byte[] buffer = new byte[(int)Math.Min(length, MaxTransfer)];
        return process.Space.TryRead(address, buffer) ? Retry(thread, () => file.Write(buffer)) : -LibC.EFAULT;
    }

    // Pipes are rare (the runtime's signal pipe), so a blocked end looks again at growing intervals instead of keeping wait queues.
    private long Retry(GuestThread thread, Func<long> operation)
    {
        const long FirstWaitNs = 1_000_000, LongestWaitNs = 50_000_000;
        long wait = FirstWaitNs;
        long result;
        while ((result = operation()) == SyscallResult.Blocked)
        {
            if (MustReturn(thread))
            {
                return SyscallResult.Restart;
            }

            HostClock.Sleep(wait);
            wait = Math.Min(2 * wait, LongestWaitNs);
        }

        return result;
    }

    private long OpenAt(SyscallArgs args)
    {
        if (!process.Space.TryReadString(args.A1, MaxPath, out string path))
        {
            return -LibC.EFAULT;
        }

        if (process.Files.Find(path) is not { } file)
        {
            return -LibC.ENOENT;
        }

        int fd = process.Files.Add(file);
        return fd >= 0 ? fd : -LibC.EMFILE;
    }

    private long FileStatus(SyscallArgs args)
    {
        const int StatSize = 144, ModeOffset = 24, SizeOffset = 48, BlockSizeOffset = 56;
        if (process.Files[args.A0] is not { } file)
        {
            return -LibC.EBADF;
        }

        byte[] status = new byte[StatSize];
        BitConverter.TryWriteBytes(status.AsSpan(ModeOffset), file.Mode);
        BitConverter.TryWriteBytes(status.AsSpan(SizeOffset), file.Size);
        BitConverter.TryWriteBytes(status.AsSpan(BlockSizeOffset), 4096L);
        return process.Space.TryWrite(args.A1, status) ? 0 : -LibC.EFAULT;
    }

    private long Seek(SyscallArgs args)
    {
        const ulong SEEK_SET = 0, SEEK_END = 2;
        if (process.Files[args.A0] is not { } file)
        {
            return -LibC.EBADF;
        }

        return file.Mode != FileModes.Regular ? -LibC.ESPIPE
            : args.A2 == SEEK_END && args.A1 == 0 ? (long)file.Size
            : args.A2 == SEEK_SET && args.A1 <= file.Size ? (long)args.A1
            : -LibC.EINVAL;
    }

    private long FileControl(SyscallArgs args)
    {
        const ulong F_DUPFD = 0, F_GETFD = 1, F_SETFD = 2, F_GETFL = 3, F_SETFL = 4, F_DUPFD_CLOEXEC = 1030;
        if (process.Files[args.A0] is not { } file)
        {
            return -LibC.EBADF;
        }

        switch (args.A1)
        {
            case F_DUPFD or F_DUPFD_CLOEXEC:
                int fd = args.A2 > int.MaxValue ? -1 : process.Files.Add(file, (int)args.A2);
                return fd >= 0 ? fd : -LibC.EMFILE;
            case F_GETFL:
                return LibC.O_RDWR;
            case F_GETFD or F_SETFD or F_SETFL:
                return 0;
            default:
                return -LibC.EINVAL;
        }
    }

    private long Pipe(SyscallArgs args)
    {
        GuestPipe pipe = new();
        int read = process.Files.Add(pipe.ReadEnd);
        int write = process.Files.Add(pipe.WriteEnd);
        if (read >= 0 && write >= 0 && process.Space.TryWrite(args.A0, (read, write)))
        {
            return 0;
        }

        if (read >= 0)
        {
            process.Files.Close((ulong)read);
        }

        if (write >= 0)
        {
            process.Files.Close((ulong)write);
            return -LibC.EFAULT;
        }

        return -LibC.EMFILE;
    }

    // glibc polls descriptors 0 to 2 at start-up of privileged programs; nothing else needs more than "ready".
    private long Poll(GuestThread thread, SyscallArgs args) =>
        args.A1 != 0 ? -LibC.ENOSYS : SleepFor(thread, (int)args.A2 < 0 ? long.MaxValue : (int)args.A2 * 1_000_000L, restAddress: 0);
}
