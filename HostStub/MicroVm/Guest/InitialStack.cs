using System.Buffers.Binary;
using System.Text;
using PollScale.HostStub.Guest.Elf;
using PollScale.HostStub.Kvm.Abi;
using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Guest;

/// <summary>The main thread's stack as the x86-64 psABI wants it at process entry: argc, argv, envp, auxiliary vector.</summary>
internal static class InitialStack
{
    private const ulong AtNull = 0, AtPhdr = 3, AtPhent = 4, AtPhnum = 5, AtPagesz = 6, AtBase = 7, AtFlags = 8, AtEntry = 9,
        AtUid = 11, AtEuid = 12, AtGid = 13, AtEgid = 14, AtPlatform = 15, AtHwcap = 16, AtClktck = 17, AtSecure = 23,
        AtRandom = 25, AtHwcap2 = 26, AtExecfn = 31, AtMinsigstksz = 51;

    /// <summary>HWCAP2 bit: RDFSBASE and its kin work at CPL 3.</summary>
    private const ulong Hwcap2FsGsBase = 2;

    private const ulong MinSignalStack = 3632;

    /// <summary>Maps and fills the stack.</summary>
    /// <param name="cpuid">CPUID as the guest is to see it.</param>
    /// <returns>The stack pointer at entry.</returns>
    /// <exception cref="ElfException">Arguments and environment exceed an eighth of the stack, or memory is short.</exception>
    public static ulong Build(AddressSpace space, ElfImage image, ulong bias, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, IReadOnlyList<kvm_cpuid_entry2> cpuid)
    {
        if (space.Map(GuestLayout.StackTop - GuestLayout.StackSize, GuestLayout.StackSize, LibC.PROT_READ | LibC.PROT_WRITE) != 0)
        {
            throw new ElfException(ElfError.TooLarge, $"The guest's memory cannot hold its stack of {GuestLayout.StackSize >> 20} MiB; give it more (--memory).");
        }

        ulong top = GuestLayout.StackTop;
        ulong Push(ReadOnlySpan<byte> bytes)
        {
            top -= (ulong)bytes.Length;
            if (top < GuestLayout.StackTop - (GuestLayout.StackSize / 8) || !space.TryWrite(top, bytes))
            {
                throw new ElfException(ElfError.TooLarge, $"The guest's arguments and environment exceed {GuestLayout.StackSize / 8 >> 10} KiB.");
            }

            return top;
        }

        ulong PushText(string text) => Push(Encoding.UTF8.GetBytes(text + "\0"));

        ulong[] argv = [.. arguments.Select(PushText)];
        ulong[] envp = [.. environment.Select(PushText)];
        ulong platform = PushText("x86_64");
        byte[] seed = new byte[16];
        HostRandom.Fill(seed);
        ulong random = Push(seed);
        top = GuestLayout.AlignDown(top, sizeof(uint));
        ulong leaves = Push(LeafTable.Bytes(cpuid));
        const uint FeatureLeaf = 1;
        uint hwcap = cpuid.FirstOrDefault(e => e.function == FeatureLeaf).edx;

        List<ulong> words = [(ulong)argv.Length, .. argv, 0, .. envp, 0];
        words.AddRange(
        [
            AtPhdr, image.ProgramHeaderAddress + bias, AtPhent, 56, AtPhnum, (ulong)image.ProgramHeaderCount,
            AtPagesz, GuestLayout.PageSize, AtBase, 0, AtFlags, 0, AtEntry, image.Entry + bias,
            AtUid, 0, AtEuid, 0, AtGid, 0, AtEgid, 0, AtSecure, 0, AtHwcap, hwcap, AtHwcap2, CpuSetup.HasFsGsBase ? Hwcap2FsGsBase : 0, AtClktck, 100,
            AtRandom, random, AtPlatform, platform, AtExecfn, argv.Length > 0 ? argv[0] : platform, AtMinsigstksz, MinSignalStack,
            HypervisorLeaves.EntryType, leaves, AtNull, 0,
        ]);

        byte[] block = new byte[words.Count * sizeof(ulong)];
        for (int i = 0; i < words.Count; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(i * sizeof(ulong)), words[i]);
        }

        top = GuestLayout.AlignDown(top, 16) - ((ulong)block.Length % 16);
        return Push(block);
    }
}
