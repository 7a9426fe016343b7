using System.Runtime.CompilerServices;

namespace PollScale.Samples.QueueScaler.Forwarding;

/// <summary>The Internet checksum (RFC 1071) of IPv4 headers. Words are taken as the CPU loads them: the ones' complement sum does not mind the byte order.</summary>
// SAFETY: the caller has as many words as it says.
internal static unsafe class InternetChecksum
{
    private const int LeastWords = 5;

    /// <summary>The checksum over the <paramref name="words"/> 32-bit words of a header, 5 .. 15, whose own is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Compute(byte* header, int words) => (ushort)~Sum(header, words);

    /// <summary>Whether a header of 5 .. 15 words carries its own valid checksum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsValid(byte* header, int words) => Sum(header, words) == ushort.MaxValue;

    /// <summary>
    /// The checksum after one 16-bit word became one less, as loaded. RFC 1624 equation 3, HC' = ~(~HC + ~m + m'), where ~m + m' is then 0xFFFE.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort OfOneLess(ushort checksum)
    {
        uint sum = (uint)(ushort.MaxValue - checksum) + (ushort.MaxValue - 1);
        return (ushort)~((sum >> 16) + sum);
    }

    // Of at most 15 words what is above 32 bits is below 15, so that two more folds leave 16.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Sum(byte* header, int words)
    {
        uint* word = (uint*)header;
        ulong sum = (ulong)word[0] + word[1] + word[2] + word[3] + word[4];
        for (int option = LeastWords; option < words; option++)
        {
            sum += word[option];
        }

        sum = (sum >> 32) + (uint)sum;
        sum = (sum >> 16) + (ushort)sum;
        return (uint)((sum >> 16) + (ushort)sum);
    }
}
