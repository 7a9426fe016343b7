using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PollScale.HostStub.Guest.Files;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <content>Waiting for descriptors: poll, select, epoll.</content>
internal sealed partial class LinuxPersonality
{
    private long Poll(GuestThread thread, SyscallArgs args) => PollUntil(thread, args, MillisecondsFromNow((int)args.A2));

    private long MaskedPoll(GuestThread thread, SyscallArgs args)
    {
        if (BlockForCall(thread, args.A3, args.A4) is var error and not 0)
        {
            return -error;
        }

        error = ReadTimeout(args.A2, out long deadline);
        return error != 0 ? -error : WithTimeLeft(args.A2, deadline, PollUntil(thread, args, deadline));
    }

    private long PollUntil(GuestThread thread, SyscallArgs args, long deadline)
    {
        if ((uint)args.A1 > FileTable.MaxFiles)
        {
            return -LibC.EINVAL;
        }

        PollEntry[] entries = new PollEntry[(uint)args.A1];
        Span<byte> bytes = MemoryMarshal.AsBytes(entries.AsSpan());
        if (!process.Space.TryRead(args.A0, bytes))
        {
            return -LibC.EFAULT;
        }

        long result = Await(thread, deadline, () => PollOnce(thread, entries) is var ready and > 0 ? ready : SyscallResult.Blocked, atDeadline: 0, interrupted: -LibC.EINTR);
        return result < 0 || process.Space.TryWrite(args.A0, MemoryMarshal.AsBytes(entries.AsSpan())) ? result : -LibC.EFAULT;
    }

    private static long PollOnce(GuestThread thread, PollEntry[] entries)
    {
        long ready = 0;
        foreach (ref PollEntry entry in entries.AsSpan())
        {
            uint shown = (ushort)entry.Events | PollEvents.Unasked;
            entry.Returned = (short)(entry.Fd < 0 ? 0
                : thread.Files[(uint)entry.Fd] is { } file ? file.File.Ready & shown
                : PollEvents.Invalid);
            ready += entry.Returned != 0 ? 1 : 0;
        }

        return ready;
    }

    private long Select(GuestThread thread, SyscallArgs args)
    {
        const long UsPerSecond = 1_000_000;
        long deadline = long.MaxValue;
        if (args.A4 != 0)
        {
            if (!process.Space.TryRead(args.A4, out (long Seconds, long Microseconds) time))
            {
                return -LibC.EFAULT;
            }

            // More than a second of microseconds is fine here.
            timespec span = new() { tv_sec = time.Seconds + (time.Microseconds / UsPerSecond), tv_nsec = time.Microseconds % UsPerSecond * 1000 };
            if (time.Seconds < 0 || !TryNanoseconds(span, out long ns))
            {
                return -LibC.EINVAL;
            }

            deadline = SaturatingAdd(HostClock.MonotonicNs, ns);
        }

        long result = SelectUntil(thread, args, deadline);
        if (args.A4 != 0)
        {
            long left = Math.Max(0, deadline - HostClock.MonotonicNs);
            process.Space.TryWrite(args.A4, (left / NsPerSecond, left % NsPerSecond / 1000));
        }

        return result;
    }

    private long MaskedSelect(GuestThread thread, SyscallArgs args)
    {
        (ulong Set, ulong Size) mask = default;
        if (args.A5 != 0 && !process.Space.TryRead(args.A5, out mask))
        {
            return -LibC.EFAULT;
        }

        if (BlockForCall(thread, mask.Set, mask.Size) is var error and not 0)
        {
            return -error;
        }

        error = ReadTimeout(args.A4, out long deadline);
        return error != 0 ? -error : WithTimeLeft(args.A4, deadline, SelectUntil(thread, args, deadline));
    }

    private long SelectUntil(GuestThread thread, SyscallArgs args, long deadline)
    {
        if ((int)args.A0 < 0)
        {
            return -LibC.EINVAL;
        }

        DescriptorSets sets = new(Math.Min((int)args.A0, FileTable.MaxFiles));
        ulong[] addresses = [args.A1, args.A2, args.A3];
        for (int i = 0; i < addresses.Length; i++)
        {
            if (addresses[i] != 0 && !process.Space.TryRead(addresses[i], sets.Asked(i)))
            {
                return -LibC.EFAULT;
            }
        }

        long result = Await(thread, deadline, () => sets.Look(thread.Files), atDeadline: 0, interrupted: -LibC.EINTR);
        for (int i = 0; i < addresses.Length && result >= 0; i++)
        {
            if (addresses[i] != 0 && !process.Space.TryWrite(addresses[i], sets.Found(i)))
            {
                return -LibC.EFAULT;
            }
        }

        return result;
    }

    private static long EpollCreate(GuestThread thread, int flags) => (flags & ~LibC.O_CLOEXEC) != 0 ? -LibC.EINVAL
        : thread.Files.Add(new OpenFile(new EpollFile(), LibC.O_RDWR), 0, flags != 0) is var fd and >= 0 ? fd : -LibC.EMFILE;

    private long EpollControl(GuestThread thread, SyscallArgs args)
    {
        const int EPOLL_CTL_DEL = 2;
        EpollEvent wanted = default;
        if ((int)args.A1 != EPOLL_CTL_DEL && !process.Space.TryRead(args.A3, out wanted))
        {
            return -LibC.EFAULT;
        }

        return thread.Files[(uint)args.A0] is not { } file || thread.Files[(uint)args.A2] is not { } target ? -LibC.EBADF
            : file.File is not EpollFile epoll || file == target ? -LibC.EINVAL
            : epoll.Control((int)args.A1, (int)args.A2, target, wanted.Events, wanted.Data);
    }

    private long EpollWait(GuestThread thread, SyscallArgs args) => EpollUntil(thread, args, MillisecondsFromNow((int)args.A3));

    private long EpollMaskedWait(GuestThread thread, SyscallArgs args) =>
        BlockForCall(thread, args.A4, args.A5) is var error and not 0 ? -error : EpollWait(thread, args);

    private long EpollPreciseWait(GuestThread thread, SyscallArgs args)
    {
        int error = ReadTimeout(args.A3, out long deadline);
        error = error != 0 ? error : BlockForCall(thread, args.A4, args.A5);
        return error != 0 ? -error : EpollUntil(thread, args, deadline);
    }

    private long EpollUntil(GuestThread thread, SyscallArgs args, long deadline)
    {
        int most = (int)args.A2;
        if (most <= 0 || most > int.MaxValue / Unsafe.SizeOf<EpollEvent>())
        {
            return -LibC.EINVAL;
        }

        if (thread.Files[(uint)args.A0] is not { } file)
        {
            return -LibC.EBADF;
        }

        if (file.File is not EpollFile epoll)
        {
            return -LibC.EINVAL;
        }

        List<(uint Events, ulong Data)> ready = [];
        long result = Await(thread, deadline, () =>
        {
            // An event that cannot be told must not be lost.
            if (!process.Space.AllowsWrite(args.A1, epoll.Collect(most, take: false).Count * Unsafe.SizeOf<EpollEvent>()))
            {
                return -LibC.EFAULT;
            }

            ready = epoll.Collect(most, take: true);
            return ready.Count > 0 ? ready.Count : SyscallResult.Blocked;
        }, atDeadline: 0, interrupted: -LibC.EINTR);
        EpollEvent[] events = [.. ready.Select(e => new EpollEvent { Events = e.Events, Data = e.Data })];
        return result <= 0 || process.Space.TryWrite(args.A1, MemoryMarshal.AsBytes(events.AsSpan())) ? result : -LibC.EFAULT;
    }

    private static long MillisecondsFromNow(int ms) => ms < 0 ? long.MaxValue : HostClock.MonotonicNs + (ms * 1_000_000L);

    /// <returns>0, or the errno.</returns>
    private int ReadTimeout(ulong address, out long deadline)
    {
        deadline = long.MaxValue;
        if (address == 0)
        {
            return 0;
        }

        if (!process.Space.TryRead(address, out timespec time))
        {
            return LibC.EFAULT;
        }

        if (!TryNanoseconds(time, out long ns))
        {
            return LibC.EINVAL;
        }

        deadline = SaturatingAdd(HostClock.MonotonicNs, ns);
        return 0;
    }

    // As Linux does it, a time that cannot be written changes nothing.
    private long WithTimeLeft(ulong address, long deadline, long result)
    {
        long left = Math.Max(0, deadline - HostClock.MonotonicNs);
        WriteTime(address, left / NsPerSecond, left % NsPerSecond);
        return result;
    }
}
