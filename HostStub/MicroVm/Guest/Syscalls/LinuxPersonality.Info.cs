using System.Text;
using PollScale.HostStub.Guest.Files;
using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <content>What the system is, limits, randomness, segment bases.</content>
internal sealed partial class LinuxPersonality
{
    private const uint RLIM_NLIMITS = 16;

    private long WriteZeros(ulong address, int length) => process.Space.TryWrite(address, new byte[length]) ? 0 : -LibC.EFAULT;

    private long SystemName(SyscallArgs args)
    {
        const int FieldSize = 65;
        string[] fields = ["Linux", "pollscale", "6.1.0-pollscale", "#1", "x86_64", "(none)"];
        byte[] names = new byte[FieldSize * fields.Length];
        for (int i = 0; i < fields.Length; i++)
        {
            Encoding.ASCII.GetBytes(fields[i], names.AsSpan(i * FieldSize));
        }

        return process.Space.TryWrite(args.A0, names) ? 0 : -LibC.EFAULT;
    }

    private long SystemInfo(SyscallArgs args)
    {
        const int Size = 112, TotalRamOffset = 32, FreeRamOffset = 40, ProcsOffset = 80, MemUnitOffset = 104;
        byte[] info = new byte[Size];
        BitConverter.TryWriteBytes(info.AsSpan(TotalRamOffset), process.MemorySize);
        BitConverter.TryWriteBytes(info.AsSpan(FreeRamOffset), process.MemorySize - process.Space.HighWater);
        BitConverter.TryWriteBytes(info.AsSpan(ProcsOffset), (ushort)1);
        BitConverter.TryWriteBytes(info.AsSpan(MemUnitOffset), 1);
        return process.Space.TryWrite(args.A0, info) ? 0 : -LibC.EFAULT;
    }

    private long ResourceLimit(SyscallArgs args)
    {
        if (args.A0 != 0 && FindGroup(args.A0) is null)
        {
            return -LibC.ESRCH;
        }

        long set = args.A2 == 0 ? 0 : CheckLimit((uint)args.A1, args.A2);
        return set != 0 || args.A3 == 0 ? set : WriteLimit((uint)args.A1, args.A3);
    }

    private long WriteLimit(uint resource, ulong address)
    {
        const uint RLIMIT_STACK = 3, RLIMIT_NOFILE = 7;
        const ulong Infinity = ulong.MaxValue;
        ulong limit = resource switch
        {
            RLIMIT_STACK => GuestLayout.StackSize,
            RLIMIT_NOFILE => FileTable.MaxFiles,
            _ => Infinity,
        };
        return resource >= RLIM_NLIMITS ? -LibC.EINVAL : process.Space.TryWrite(address, (limit, limit)) ? 0 : -LibC.EFAULT;
    }

    // The limits that matter here are the host's; a program only has to be able to say its own.
    private long SetLimit(SyscallArgs args) => CheckLimit((uint)args.A0, args.A1);

    private long CheckLimit(uint resource, ulong address) =>
        resource >= RLIM_NLIMITS ? -LibC.EINVAL
        : !process.Space.TryRead(address, out (ulong Soft, ulong Hard) limit) ? -LibC.EFAULT
        : limit.Soft > limit.Hard ? -LibC.EINVAL : 0;

    private long Usage(SyscallArgs args)
    {
        const int Size = 144, RUSAGE_CHILDREN = -1, RUSAGE_THREAD = 1;
        return (int)args.A0 is < RUSAGE_CHILDREN or > RUSAGE_THREAD ? -LibC.EINVAL : WriteZeros(args.A1, Size);
    }

    private long WriteIds(SyscallArgs args)
    {
        foreach (ulong address in (ReadOnlySpan<ulong>)[args.A0, args.A1, args.A2])
        {
            if (!process.Space.TryWrite(address, 0u))
            {
                return -LibC.EFAULT;
            }
        }

        return 0;
    }

    // The name of a thread and rights that a process gives up; all else wants a kernel.
    private long ProcessControl(GuestThread thread, SyscallArgs args)
    {
        const int PR_GET_DUMPABLE = 3, PR_SET_DUMPABLE = 4, PR_SET_NAME = 15, PR_GET_NAME = 16, PR_SET_NO_NEW_PRIVS = 38, PR_GET_NO_NEW_PRIVS = 39, PR_GET_TIMERSLACK = 30;
        switch ((int)args.A0)
        {
            case PR_SET_NAME:
                if (!process.Space.TryReadPrefix(args.A1, GuestThread.MaxName, out byte[] name))
                {
                    return -LibC.EFAULT;
                }

                name[^1] = 0;
                thread.Name = name;
                return 0;
            case PR_GET_NAME:
                return process.Space.TryWrite(args.A1, thread.Name) ? 0 : -LibC.EFAULT;
            case PR_SET_DUMPABLE or PR_GET_DUMPABLE or PR_SET_NO_NEW_PRIVS or PR_GET_NO_NEW_PRIVS:
                return (int)args.A0 is PR_GET_DUMPABLE ? 1 : 0;
            case LibC.PR_SET_TIMERSLACK or PR_GET_TIMERSLACK:
                return LibC.prctl((int)args.A0, (nint)args.A1, 0, 0, 0) is var slack and >= 0 ? slack : -LibC.errno; // its sleeps are this host thread's
            default:
                return -LibC.EINVAL;
        }
    }

    private long Random(SyscallArgs args)
    {
        byte[] bytes = new byte[(int)Math.Min(args.A1, MaxTransfer)];
        HostRandom.Fill(bytes);
        return process.Space.TryWrite(args.A0, bytes) ? bytes.Length : -LibC.EFAULT;
    }

    private long ArchControl(GuestThread thread, SyscallArgs args)
    {
        const ulong ARCH_SET_GS = 0x1001, ARCH_SET_FS = 0x1002, ARCH_GET_FS = 0x1003, ARCH_GET_GS = 0x1004;
        switch (args.A0)
        {
            case ARCH_GET_FS:
                return process.Space.TryWrite(args.A1, thread.Vcpu.GetSregs().fs.@base) ? 0 : -LibC.EFAULT;
            case ARCH_GET_GS:
                return process.Space.TryWrite(args.A1, thread.Vcpu.GetSregs().gs.@base) ? 0 : -LibC.EFAULT;
            case ARCH_SET_FS or ARCH_SET_GS when !GuestLayout.IsCanonicalUser(args.A1):
                return -LibC.EPERM;
            case ARCH_SET_FS:
                CpuSetup.SetFsBase(thread.Vcpu, args.A1);
                return 0;
            case ARCH_SET_GS:
                CpuSetup.SetGsBase(thread.Vcpu, args.A1);
                return 0;
            default:
                return -LibC.EINVAL;
        }
    }
}
