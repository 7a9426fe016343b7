using PollScale.Hypercall;

namespace PollScale.Region;

/// <summary>
/// A request in a slot: one aligned u64, so that it is stored and loaded whole. Bits 0-31 sequence, 32-39 op, 40-47 flags, 48-63 argument as i16.
/// </summary>
/// <param name="Value">The word; 0 is no request.</param>
internal readonly record struct RequestWord(ulong Value)
{
    private const int OpShift = 32, FlagsShift = 40, ArgumentShift = 48;
    private const byte PostedFlag = 1;

    /// <summary>Number of the request in its slot, never 0: after 4294967295 comes 1.</summary>
    public uint Sequence => (uint)Value;

    /// <summary>True where nobody waits for the answer.</summary>
    public bool IsPosted => ((byte)(Value >> FlagsShift) & PostedFlag) != 0;

    /// <summary>What is asked. An op outside 0 .. 7 is answered <see cref="FrequencyStatus.UnknownCall"/>.</summary>
    public FrequencyCall Call => new((FrequencyOp)(byte)(Value >> OpShift), (short)(Value >> ArgumentShift));

    /// <summary>Makes a request.</summary>
    /// <param name="sequence">Its number.</param>
    /// <param name="call">What is asked.</param>
    /// <param name="posted">Nobody waits for the answer.</param>
    /// <param name="word">The request.</param>
    /// <returns>False where the call does not fit: its op is no byte, or its argument no i16. It is answered <see cref="FrequencyStatus.Invalid"/> in the guest.</returns>
    public static bool TryMake(uint sequence, FrequencyCall call, bool posted, out RequestWord word)
    {
        word = new RequestWord(sequence | ((ulong)(byte)call.Op << OpShift) | ((posted ? PostedFlag : 0ul) << FlagsShift) | ((ulong)(ushort)call.Argument << ArgumentShift));
        return sequence != 0 && word.Call == call;
    }

    /// <summary>The number of the next request.</summary>
    public static uint Next(uint sequence) => sequence == uint.MaxValue ? 1 : sequence + 1;
}
