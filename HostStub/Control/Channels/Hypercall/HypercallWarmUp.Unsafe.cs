using PollScale.Native;

namespace PollScale.HostStub.Channels.Hypercall;

/// <summary>Takes records that no kernel wrote, some times, so that no guest's first hypercall waits for the compiler.</summary>
// SAFETY: the record is written into the data page of memory that stays mapped until the end, and is no longer than the page.
internal sealed unsafe class HypercallWarmUp : IRecordSource
{
    private const int Page = 4096, Thread = 1, SequenceField = 24, Raw = 32;
    private const int ThreadAt = 12, RawSizeAt = 24, RawAt = 28, RecordSize = RawAt + Raw; // behind a head of 8 bytes

    private readonly WakeEvent _wake = new();
    private readonly MappedRegion _memory;
    private readonly HypercallWatch _watch;
    private readonly IHypercallSlot _slot;

    private HypercallWarmUp(IHypercallSlot slot)
    {
        using StreamDescriptor memory = SealedMemory.Make("records", 2 * Page);
        _memory = MappedRegion.Map(memory.Fd, 0, 2 * Page, LibC.PROT_READ | LibC.PROT_WRITE, "records");
        _slot = slot;
        Ring = new PerfRing(_memory.Address, Page, Page);
        _watch = new HypercallWatch(slot, new ObservedThread(Thread, this, new TracepointField(SequenceField, sizeof(ulong))));
    }

    /// <inheritdoc/>
    public StreamDescriptor Descriptor => _wake.Descriptor;

    /// <inheritdoc/>
    public PerfRing Ring { get; }

    /// <inheritdoc/>
    public ulong Lost => 0;

    /// <inheritdoc/>
    public bool HasEnded => false;

    /// <summary>Rings a slot of nobody's.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="store">Stores the next request in it.</param>
    /// <param name="calls">How often.</param>
    public static void Run(IHypercallSlot slot, Action store, int calls)
    {
        using HypercallWarmUp source = new(slot);
        for (int call = 0; call < calls; call++)
        {
            store();
            source.Record();
            source._watch.Look(0);
            source._watch.Tick(0);
            source._watch.Resume();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory.Dispose();
        _wake.Dispose();
    }

    private void Record()
    {
        byte* record = stackalloc byte[RecordSize];
        new Span<byte>(record, RecordSize).Clear();
        ((perf_event_header*)record)->type = LibC.PERF_RECORD_SAMPLE;
        ((perf_event_header*)record)->size = RecordSize;
        *(int*)(record + ThreadAt) = Thread;
        *(int*)(record + ThreadAt + 4) = _slot.Pcpu;
        *(int*)(record + RawSizeAt) = Raw;
        *(ulong*)(record + RawAt + SequenceField) = _slot.Sequence;
        perf_event_mmap_page* control = (perf_event_mmap_page*)_memory.Address;
        for (int i = 0; i < RecordSize; i++)
        {
            *(_memory.Address + Page + ((control->data_head + (ulong)i) % Page)) = record[i];
        }

        Volatile.Write(ref control->data_head, control->data_head + RecordSize);
    }
}
