namespace PollScale.HostStub.Guest.Futexes;

/// <summary>FUTEX_WAKE_OP's third value: what is done to the second word, and what its old value is compared with (linux/futex.h).</summary>
internal readonly struct FutexOperation(uint encoded)
{
    private const int FUTEX_OP_SET = 0, FUTEX_OP_ADD = 1, FUTEX_OP_OR = 2, FUTEX_OP_ANDN = 3, FUTEX_OP_XOR = 4;
    private const int FUTEX_OP_CMP_EQ = 0, FUTEX_OP_CMP_NE = 1, FUTEX_OP_CMP_LT = 2, FUTEX_OP_CMP_LE = 3, FUTEX_OP_CMP_GT = 4, FUTEX_OP_CMP_GE = 5;

    private int Kind => (int)(encoded >> 28) & 7;

    private int Argument => (encoded >> 31) != 0 ? 1 << (SignExtend(encoded >> 12) & 31) : SignExtend(encoded >> 12);

    /// <summary>False for an operation that Linux has not.</summary>
    public bool IsKnown => Kind <= FUTEX_OP_XOR;

    /// <summary>The word's new value.</summary>
    public uint Apply(uint old) => Kind switch
    {
        FUTEX_OP_SET => (uint)Argument,
        FUTEX_OP_ADD => old + (uint)Argument,
        FUTEX_OP_OR => old | (uint)Argument,
        FUTEX_OP_ANDN => old & ~(uint)Argument,
        _ => old ^ (uint)Argument,
    };

    /// <summary>True when those at the second word are woken; null for a comparison that Linux has not.</summary>
    public bool? Compare(int old)
    {
        int argument = SignExtend(encoded);
        return ((encoded >> 24) & 15) switch
        {
            FUTEX_OP_CMP_EQ => old == argument,
            FUTEX_OP_CMP_NE => old != argument,
            FUTEX_OP_CMP_LT => old < argument,
            FUTEX_OP_CMP_LE => old <= argument,
            FUTEX_OP_CMP_GT => old > argument,
            FUTEX_OP_CMP_GE => old >= argument,
            _ => null,
        };
    }

    // 12 bits.
    private static int SignExtend(uint value) => (int)(value << 20) >> 20;
}
