using System.Text;
using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <content>What the system is, limits, randomness, segment bases.</content>
internal sealed partial class LinuxPersonality
{
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
        const ulong RLIMIT_STACK = 3, RLIMIT_NOFILE = 7, Infinity = ulong.MaxValue;
        if (args.A3 == 0)
        {
            return 0;
        }

        ulong limit = args.A1 switch
        {
            RLIMIT_STACK => GuestLayout.StackSize,
            RLIMIT_NOFILE => 256,
            _ => Infinity,
        };
        return process.Space.TryWrite(args.A3, (limit, limit)) ? 0 : -LibC.EFAULT;
    }

    // The limits that matter here are the host's; a program only has to be able to say its own.
    private long SetLimit(SyscallArgs args)
    {
        const uint RLIM_NLIMITS = 16;
        return (uint)args.A0 >= RLIM_NLIMITS ? -LibC.EINVAL
            : !process.Space.TryRead(args.A1, out (ulong Soft, ulong Hard) limit) ? -LibC.EFAULT
            : limit.Soft > limit.Hard ? -LibC.EINVAL : 0;
    }

    private long Random(SyscallArgs args)
    {
        byte[] bytes = new byte[(int)Math.Min(args.A1, MaxTransfer)];
        HostRandom.Fill(bytes);
        return process.Space.TryWrite(args.A0, bytes) ? bytes.Length : -LibC.EFAULT;
    }

    private static long ArchControl(GuestThread thread, SyscallArgs args)
    {
        const ulong ARCH_SET_GS = 0x1001, ARCH_SET_FS = 0x1002;
        if (args.A0 is not (ARCH_SET_FS or ARCH_SET_GS))
        {
            return -LibC.EINVAL;
        }

        if (!GuestLayout.IsCanonicalUser(args.A1))
        {
            return -LibC.EPERM;
        }

        if (args.A0 == ARCH_SET_FS)
        {
            CpuSetup.SetFsBase(thread.Vcpu, args.A1);
        }
        else
        {
            CpuSetup.SetGsBase(thread.Vcpu, args.A1);
        }

        return 0;
    }
}
