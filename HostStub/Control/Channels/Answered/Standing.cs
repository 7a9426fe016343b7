namespace PollScale.HostStub.Channels.Answered;

/// <summary>
/// What a vCPU wishes and what is in force, in one word: the program stores it with each change it grants, as if that change had been made; the daemon corrects it by
/// compare and exchange, so that its correction of one change never hides the next.
/// </summary>
/// <param name="Word">Bits 0 to 31 sequence of the change, 32 to 47 index wished, as i16, or -1, 48 to 63 index in force.</param>
internal readonly record struct Standing(ulong Word)
{
    /// <summary>No wish.</summary>
    public const int NoWish = -1;

    /// <summary>Of these parts.</summary>
    /// <param name="sequence">Sequence of the change.</param>
    /// <param name="wish">Index wished, or <see cref="NoWish"/>.</param>
    /// <param name="inForce">Index in force.</param>
    public Standing(uint sequence, int wish, int inForce) : this(sequence | ((ulong)(ushort)wish << 32) | ((ulong)(ushort)inForce << 48))
    {
    }

    /// <summary>Sequence of the last change granted; 0 before.</summary>
    public uint Sequence => (uint)Word;

    /// <summary>Index wished, or <see cref="NoWish"/>.</summary>
    public int Wish => (short)(Word >> 32);

    /// <summary>Index in force on the pCPU.</summary>
    public int InForce => (int)(Word >> 48);
}
