using PollScale.HostStub.Guest.Files;
using PollScale.HostStub.Guest.Signals;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <content>Reading and writing.</content>
internal sealed partial class LinuxPersonality
{
    private const int MaxTransfer = 64 * 1024;

    private long Read(GuestThread thread, SyscallArgs args) =>
        TryReadable(thread, args.A0, out OpenFile file) ? ReadBytes(thread, file, args.A1, args.A2) : -LibC.EBADF;

    private long Write(GuestThread thread, SyscallArgs args) =>
        TryWritable(thread, args.A0, out OpenFile file) ? WriteBytes(thread, file, args.A1, args.A2) : -LibC.EBADF;

    private long ReadVector(GuestThread thread, SyscallArgs args) =>
        TryReadable(thread, args.A0, out OpenFile file) ? Vector(args, (at, length) => ReadBytes(thread, file, at, length)) : -LibC.EBADF;

    private long WriteVector(GuestThread thread, SyscallArgs args) =>
        TryWritable(thread, args.A0, out OpenFile file) ? Vector(args, (at, length) => WriteBytes(thread, file, at, length)) : -LibC.EBADF;

    // Nothing that can be written here has positions, so that a place in it makes no difference, and a stream has none.
    private static long CheckPosition(GuestThread thread, SyscallArgs args) => (long)args.A3 < 0 ? -LibC.EINVAL
        : thread.Files[(uint)args.A0] is not { } file ? -LibC.EBADF
        : file.File.CanSeek ? 0 : -LibC.ESPIPE;

    private long ReadAt(GuestThread thread, SyscallArgs args) => CheckPosition(thread, args) is var error and < 0 ? error
        : TryReadable(thread, args.A0, out OpenFile file) ? ReadBytes(thread, file, args.A1, args.A2, args.A3) : -LibC.EBADF;

    private long WriteAt(GuestThread thread, SyscallArgs args) => CheckPosition(thread, args) is var error and < 0 ? error : Write(thread, args);

    private long ReadVectorAt(GuestThread thread, SyscallArgs args)
    {
        long error = CheckVectorAt(thread, args);
        if (error < 0 || (long)args.A3 == -1)
        {
            return error < 0 ? error : ReadVector(thread, args);
        }

        ulong position = args.A3;
        return !TryReadable(thread, args.A0, out OpenFile file) ? -LibC.EBADF : Vector(args, (at, length) =>
        {
            long count = ReadBytes(thread, file, at, length, position);
            position += (ulong)Math.Max(0, count);
            return count;
        });
    }

    private long WriteVectorAt(GuestThread thread, SyscallArgs args) => CheckVectorAt(thread, args) is var error and < 0 ? error : WriteVector(thread, args);

    // Of preadv2 and pwritev2, position -1 means the file's own, and no flag is known.
    private static long CheckVectorAt(GuestThread thread, SyscallArgs args)
    {
        bool second = (SyscallNumber)args.Number is SyscallNumber.preadv2 or SyscallNumber.pwritev2;
        return second && args.A5 != 0 ? -LibC.EOPNOTSUPP : second && (long)args.A3 == -1 ? 0 : CheckPosition(thread, args);
    }

    private static bool TryReadable(GuestThread thread, ulong fd, out OpenFile file) => (file = thread.Files[(uint)fd]!) is { IsReadable: true };

    private static bool TryWritable(GuestThread thread, ulong fd, out OpenFile file) => (file = thread.Files[(uint)fd]!) is { IsWritable: true };

    private long Vector(SyscallArgs args, Func<ulong, ulong, long> transfer)
    {
        const ulong MaxVectors = 1024;
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

            if (vector.Length == 0)
            {
                continue;
            }

            long count = transfer(vector.Base, vector.Length);
            if (count < 0)
            {
                return total > 0 ? total : count;
            }

            total += count;
            if ((ulong)count < vector.Length)
            {
                break;
            }
        }

        return total;
    }

    private long ReadBytes(GuestThread thread, OpenFile file, ulong address, ulong length, ulong? position = null)
    {
        // What a reader cannot take must stay in a pipe.
        int wanted = (int)Math.Min(length, MaxTransfer);
        if (file.File.Readable is var waiting and > 0 && !process.Space.AllowsWrite(address, (int)Math.Min(wanted, waiting)))
        {
            return -LibC.EFAULT;
        }

        byte[] buffer = new byte[wanted];
        long count = Block(thread, file, () => position is ulong at ? file.File.ReadAt(at, buffer) : file.File.Read(buffer));
        return count > 0 && !process.Space.TryWrite(address, buffer.AsSpan(0, (int)count)) ? -LibC.EFAULT : count;
    }

    private long WriteBytes(GuestThread thread, OpenFile file, ulong address, ulong length)
    {
        byte[] buffer = new byte[(int)Math.Min(length, MaxTransfer)];
        if (!process.Space.TryRead(address, buffer))
        {
            return -LibC.EFAULT;
        }

        long count = Block(thread, file, () => file.File.Write(buffer));
        if (count == -LinuxErrno.EPIPE)
        {
            thread.Send(new SignalInfo(SignalInfo.SIGPIPE, SignalInfo.SI_USER, Sender: thread.Group.Pid, Origin: "of a write to a pipe that nobody reads"));
        }

        return count;
    }

    private long Block(GuestThread thread, OpenFile file, Func<long> operation)
    {
        if (!file.IsNonBlocking)
        {
            return Await(thread, long.MaxValue, operation, atDeadline: 0, interrupted: SyscallResult.Restart);
        }

        return operation() is var result && result == SyscallResult.Blocked ? -LibC.EAGAIN : result;
    }

    /// <summary>Repeats an operation until it has a result, at every ring of the process's bell.</summary>
    /// <param name="thread">The thread that waits.</param>
    /// <param name="deadlineNs">Of CLOCK_MONOTONIC; <see cref="long.MaxValue"/> for none.</param>
    /// <param name="operation">Gives <see cref="SyscallResult.Blocked"/> while there is nothing.</param>
    /// <param name="atDeadline">Result when the time is over.</param>
    /// <param name="interrupted">Result when a signal waits.</param>
    private long Await(GuestThread thread, long deadlineNs, Func<long> operation, long atDeadline, long interrupted)
    {
        while (true)
        {
            uint seen = process.Bell.Count;
            long result = operation();
            if (result != SyscallResult.Blocked)
            {
                return result;
            }

            // Slices bound the time by which a kick that arrives just before the wait could be missed.
            long left = deadlineNs == long.MaxValue ? SliceNs : deadlineNs - HostClock.MonotonicNs;
            if (left <= 0)
            {
                return atDeadline;
            }

            if (MustReturn(thread))
            {
                return interrupted;
            }

            process.Bell.Wait(seen, Math.Min(left, SliceNs));
        }
    }

    private static long Seek(GuestThread thread, SyscallArgs args)
    {
        const ulong SEEK_END = 2;
        if (thread.Files[(uint)args.A0]?.File is not { } file)
        {
            return -LibC.EBADF;
        }

        return !file.CanSeek ? -LibC.ESPIPE
            : args.A2 > SEEK_END ? -LibC.EINVAL
            : file.Seek((long)args.A1, (int)args.A2);
    }
}
