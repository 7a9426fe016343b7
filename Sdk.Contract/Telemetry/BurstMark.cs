using System.Text;

namespace PollScale.Telemetry;

/// <summary>
/// How a guest that measures tells its host that a burst has arrived: by CPUID leaves that no CPU has. The instruction leaves every VM, changes nothing, and
/// KVM's tracepoint stamps it with the host's own clock, so that no clock of the guest is in what is measured.
/// </summary>
internal static class BurstMark
{
    /// <summary>Leaf: a burst has arrived; the subleaf numbers it.</summary>
    public const uint Burst = 0x504D_0000;

    /// <summary>Leaf: the subleaf has the next four characters of a label for the bursts that follow.</summary>
    public const uint Label = 0x504D_0001;

    /// <summary>Longest label, in characters.</summary>
    public const int MostLabel = 32;

    private const int PartChars = 4, CharBits = 8;

    /// <summary>True for a character that a label may have: printable ASCII.</summary>
    public static bool IsLabelChar(char character) => character is >= ' ' and <= '~';

    /// <summary>Subleaves that tell a label, the last of them ended by a zero.</summary>
    /// <param name="label">At most <see cref="MostLabel"/> printable ASCII characters.</param>
    public static IEnumerable<uint> Parts(string label)
    {
        for (int start = 0; start <= label.Length; start += PartChars)
        {
            uint part = 0;
            for (int i = 0; i < PartChars && start + i < label.Length; i++)
            {
                part |= (uint)label[start + i] << (i * CharBits);
            }

            yield return part;
        }
    }

    /// <summary>Appends the characters of a part to a label; what is no character of one, or too many, is left out.</summary>
    /// <returns>True where the label ends.</returns>
    public static bool Append(StringBuilder label, uint part)
    {
        for (int i = 0; i < PartChars; i++)
        {
            char character = (char)((part >> (i * CharBits)) & 0xFF);
            if (character == 0)
            {
                return true;
            }

            if (IsLabelChar(character) && label.Length < MostLabel)
            {
                label.Append(character);
            }
        }

        return false;
    }
}
