using System.Runtime.CompilerServices;

namespace PollScale.Samples.QueueScaler.Forwarding;

/// <summary>The Internet checksum (RFC 1071). Words are taken as the CPU loads them: the ones' complement sum does not mind the byte order.</summary>
// SAFETY: the caller has as many words as it says.
internal static unsafe class InternetChecksum
{
    /// <summary>The checksum over <paramref name="words"/> 32-bit words; 0 over a header that carries its own valid checksum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Compute(byte* data, int words)
    {
        ulong sum = 0;
        for (int word = 0; word < words; word++)
        {
            sum += Unsafe.ReadUnaligned<uint>(data + (word * sizeof(uint)));
        }

        sum = (sum >> 32) + (uint)sum;
        sum = (sum >> 32) + (uint)sum;
        return (ushort)~Fold((uint)sum);
    }

    /// <summary>RFC 1624 equation 3, HC' = ~(~HC + ~m + m'): the checksum after one 16-bit word changed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Update(ushort checksum, ushort oldWord, ushort newWord) =>
        (ushort)~Fold((uint)(ushort)~checksum + (ushort)~oldWord + newWord);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Fold(uint sum)
    {
        sum = (sum >> 16) + (ushort)sum;
        return (sum >> 16) + (ushort)sum;
    }
}
