namespace PollScale.Hypercall;

/// <summary>One call of the ABI: an operation and its 64-bit argument.</summary>
/// <param name="Op">Operation; values outside 0 .. 7 are answered <see cref="FrequencyStatus.UnknownCall"/>.</param>
/// <param name="Argument">Argument as <see cref="FrequencyOp"/> defines it.</param>
public readonly record struct FrequencyCall(FrequencyOp Op, long Argument = 0)
{
    /// <summary>Number for the hypercall instruction's rax.</summary>
    public ulong Number => HypercallAbi.NumberBase | (uint)Op;

    /// <summary>True when the 6-bit argument of the port and MMIO doorbells holds <see cref="Argument"/>.</summary>
    public bool IsEncodable => (uint)Op < HypercallAbi.OpCount && (Op == FrequencyOp.Step
        ? Argument is >= -(HypercallAbi.EncodedArguments / 2) and < HypercallAbi.EncodedArguments / 2
        : (ulong)Argument < HypercallAbi.EncodedArguments);

    /// <summary>Slot (op &lt;&lt; 6) + (argument &amp; 63): the port's offset from its base, or a quarter of the MMIO offset.</summary>
    public ushort Slot => (ushort)(((uint)Op << HypercallAbi.ArgumentBits) | ((uint)Argument & (HypercallAbi.EncodedArguments - 1)));

    /// <summary>Reads the hypercall instruction's registers.</summary>
    /// <returns>False when the number is not one of this ABI.</returns>
    public static bool TryFromNumber(ulong number, long argument, out FrequencyCall call)
    {
        ulong op = number ^ HypercallAbi.NumberBase;
        call = new FrequencyCall((FrequencyOp)(uint)op, argument);
        return op < HypercallAbi.OpCount;
    }

    /// <summary>Reads a slot of the port or MMIO doorbell; Step's argument is 6-bit two's complement.</summary>
    /// <returns>False when the slot names no op of this ABI.</returns>
    public static bool TryFromSlot(uint slot, out FrequencyCall call)
    {
        uint op = slot >> HypercallAbi.ArgumentBits;
        int argument = (int)(slot & (HypercallAbi.EncodedArguments - 1));
        if (op == (uint)FrequencyOp.Step && argument >= HypercallAbi.EncodedArguments / 2)
        {
            argument -= HypercallAbi.EncodedArguments;
        }

        call = new FrequencyCall((FrequencyOp)op, argument);
        return op < HypercallAbi.OpCount;
    }
}
