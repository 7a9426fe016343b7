using PollScale.HostStub.Guest.Files;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <summary>select's three sets: what is asked about and what was found, a bit a descriptor, in the whole longs that Linux copies.</summary>
/// <param name="count">Descriptors from 0 that are looked at.</param>
internal sealed class DescriptorSets(int count)
{
    private const int BitsPerByte = 8, LongBytes = sizeof(long);

    // What select means by readable, writable and exceptional.
    private static readonly uint[] s_events = [PollEvents.Readable | PollEvents.HangUp | PollEvents.Error, PollEvents.Writable | PollEvents.Error, PollEvents.Priority];

    private readonly byte[][] _asked = [Empty(count), Empty(count), Empty(count)];
    private readonly byte[][] _found = [Empty(count), Empty(count), Empty(count)];

    public Span<byte> Asked(int set) => _asked[set];

    public ReadOnlySpan<byte> Found(int set) => _found[set];

    /// <summary>Looks once.</summary>
    /// <returns>Bits found, -EBADF, or <see cref="SyscallResult.Blocked"/> when there are none.</returns>
    public long Look(FileTable files)
    {
        long bits = 0;
        for (int fd = 0; fd < count; fd++)
        {
            for (int set = 0; set < s_events.Length; set++)
            {
                if (!IsSet(_asked[set], fd))
                {
                    continue;
                }

                if (files[(ulong)fd] is not { } file)
                {
                    return -LibC.EBADF;
                }

                bool ready = (file.File.Ready & s_events[set]) != 0;
                bits += ready ? 1 : 0;
                byte bit = (byte)(1 << (fd % BitsPerByte));
                ref byte found = ref _found[set][fd / BitsPerByte];
                found = (byte)(ready ? found | bit : found & ~bit);
            }
        }

        return bits > 0 ? bits : SyscallResult.Blocked;
    }

    private static bool IsSet(byte[] set, int fd) => (set[fd / BitsPerByte] >> (fd % BitsPerByte) & 1) != 0;

    private static byte[] Empty(int count) => new byte[(count + (LongBytes * BitsPerByte) - 1) / (LongBytes * BitsPerByte) * LongBytes];
}
