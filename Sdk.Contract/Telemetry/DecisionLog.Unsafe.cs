namespace PollScale.Telemetry;

/// <summary>The last decisions of one scaler in caller-owned memory that another program reads. One writer, any readers; nobody waits.</summary>
/// <remarks>Layout: u64 records written, u64 descriptors of the ring, f64 stated peak in packets/s (0: none), a cache line in all; then <see cref="Slots"/> slots of 64 bytes.</remarks>
// SAFETY: the memory has the bytes that Bytes says, and a slot's number is masked.
internal readonly unsafe struct DecisionLog
{
    private const int Head = 64, WrittenWord = 0, RingWord = 1, PeakWord = 2;
    private readonly long* _memory;

    /// <summary>Records that are kept: some 100 ms of as many calls as a policy lets through.</summary>
    public const int Slots = 2048;

    /// <summary>Bytes of head and slots.</summary>
    public const int Bytes = Head + (Slots * DecisionSlot.Words * sizeof(long));

    /// <summary>A view of <see cref="Bytes"/> bytes at <paramref name="memory"/>; all zero is an empty log.</summary>
    public DecisionLog(void* memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        _memory = (long*)memory;
    }

    /// <summary>Records written so far, the overwritten ones included.</summary>
    public ulong Written => (ulong)Volatile.Read(ref _memory[WrittenWord]);

    /// <summary>Descriptors of the ring that the decisions are about, as the writer says.</summary>
    public long RingSize => Volatile.Read(ref _memory[RingWord]);

    /// <summary>Stated highest arrival rate in packets/s, as the writer says; 0 for none.</summary>
    public double PeakPacketsPerSecond => BitConverter.Int64BitsToDouble(Volatile.Read(ref _memory[PeakWord]));

    /// <summary>Says what the decisions are about, before the first one.</summary>
    public void Begin(int ringSize, double peakPacketsPerSecond)
    {
        Volatile.Write(ref _memory[RingWord], ringSize);
        Volatile.Write(ref _memory[PeakWord], BitConverter.DoubleToInt64Bits(peakPacketsPerSecond));
    }

    /// <summary>Adds a record.</summary>
    public void Write(in DecisionWords decision)
    {
        ulong number = Written;
        DecisionSlot.Write(Slot(number), number, decision);
        Volatile.Write(ref _memory[WrittenWord], (long)(number + 1));
    }

    /// <summary>Reads a record by its number.</summary>
    /// <returns>False where it is not there any more, or not yet.</returns>
    public bool TryRead(ulong number, out DecisionWords decision) => DecisionSlot.TryRead(Slot(number), number, out decision);

    private Span<long> Slot(ulong number) => new(_memory + (Head / sizeof(long)) + ((int)(number % Slots) * DecisionSlot.Words), DecisionSlot.Words);
}
