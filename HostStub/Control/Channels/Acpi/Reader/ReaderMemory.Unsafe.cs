using System.ComponentModel;
using PollScale.Native;

namespace PollScale.HostStub.Channels.Acpi.Reader;

/// <summary>
/// What the reader process tells serve, in memory of both: a slot for each debug port, of a cache line. Every field has one writer, and is read whole. It
/// outlives a reader, so that the next one goes on counting; its size is sealed, so that no one can take it away from under the other.
/// </summary>
// SAFETY: a slot's number is checked against their count before every use, fields are aligned and lie within the mapping, which lives as long as this.
internal sealed unsafe class ReaderMemory : IDisposable
{
    /// <summary>Debug ports that one reader has room for.</summary>
    public const int Slots = 4096;

    private const int SlotBytes = 64, NewestAt = 0, BytesAt = 8, UnknownAt = 16, ConnectsAt = 24, StateAt = 28, ErrorAt = 32, PeerAt = 36, PStatesAt = 40;

    private readonly MappedRegion _map;

    /// <summary>Maps what another process has made.</summary>
    /// <param name="descriptor">Of the memory; it is this one's from now on.</param>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public ReaderMemory(StreamDescriptor descriptor)
    {
        Descriptor = descriptor;
        _map = MappedRegion.Map(descriptor.Fd, 0, Slots * SlotBytes, LibC.PROT_READ | LibC.PROT_WRITE, "the debug ports' memory");
    }

    /// <summary>Its descriptor, for the reader process.</summary>
    public StreamDescriptor Descriptor { get; }

    /// <summary>Makes memory with all slots empty.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static ReaderMemory Make() => new(SealedMemory.Make("pollscale-debugcon", Slots * SlotBytes));

    /// <summary>True for the descriptor of such memory.</summary>
    public static bool Is(StreamDescriptor descriptor) => SealedMemory.Is(descriptor, Slots * SlotBytes);

    /// <summary>Reads a slot. The newest byte comes last: one that is seen belongs to the connections seen, or to a later one.</summary>
    public ReaderSlot Read(int slot)
    {
        SlotState state = (SlotState)Volatile.Read(ref Word(slot, StateAt));
        uint connects = Volatile.Read(ref Word(slot, ConnectsAt));
        return new ReaderSlot(state, (int)Volatile.Read(ref Word(slot, ErrorAt)), Volatile.Read(ref Long(slot, NewestAt)), Volatile.Read(ref Long(slot, BytesAt)), Volatile.Read(ref Long(slot, UnknownAt)), connects);
    }

    /// <summary>Empties a slot, for another debug port. By serve, while no reader has it.</summary>
    public void Clear(int slot)
    {
        for (int at = 0; at < SlotBytes; at += sizeof(ulong))
        {
            Volatile.Write(ref Long(slot, at), 0);
        }
    }

    /// <summary>Number of P-states a guest may name; 0 for not known, which leaves all that the byte can name. By serve.</summary>
    public void SetPStates(int slot, int count) => Volatile.Write(ref Word(slot, PStatesAt), (uint)count);

    /// <summary>The same, read.</summary>
    public int PStates(int slot) => (int)Math.Min(Volatile.Read(ref Word(slot, PStatesAt)), int.MaxValue);

    /// <summary>The process at the other end of the last connection; 0 for none.</summary>
    public int Peer(int slot) => (int)Volatile.Read(ref Word(slot, PeerAt));

    /// <summary>Notes whether it is connected. By the reader, or by serve while there is none.</summary>
    public void SetState(int slot, SlotState state, int error = 0)
    {
        Volatile.Write(ref Word(slot, ErrorAt), (uint)error);
        Volatile.Write(ref Word(slot, StateAt), (uint)state);
    }

    /// <summary>Counts a connection. By the reader.</summary>
    public void CountConnect(int slot, int peer)
    {
        Volatile.Write(ref Word(slot, PeerAt), (uint)peer);
        Volatile.Write(ref Word(slot, ConnectsAt), Volatile.Read(ref Word(slot, ConnectsAt)) + 1);
    }

    /// <summary>Forgets the newest byte: it was another VM's. By the reader.</summary>
    public void Forget(int slot)
    {
        ulong newest = Volatile.Read(ref Long(slot, NewestAt));
        Volatile.Write(ref Long(slot, NewestAt), ReaderSlot.Pack(ReaderSlot.Serial(newest), 0));
    }

    /// <summary>Takes bytes in. By the reader.</summary>
    /// <returns>True when the newest control byte is another one than before.</returns>
    public bool Take(int slot, ReadOnlySpan<byte> bytes)
    {
        int count = PStates(slot);
        byte last = ControlByte.Of(Math.Min(count <= 0 ? ControlByte.MostPStates : count, ControlByte.MostPStates) - 1);
        int known = 0;
        byte newest = 0;
        foreach (byte value in bytes)
        {
            if (value >= ControlByte.First && value <= last)
            {
                (known, newest) = (known + 1, value);
            }
        }

        Volatile.Write(ref Long(slot, BytesAt), Volatile.Read(ref Long(slot, BytesAt)) + (ulong)bytes.Length);
        Volatile.Write(ref Long(slot, UnknownAt), Volatile.Read(ref Long(slot, UnknownAt)) + (ulong)(bytes.Length - known));
        ulong before = Volatile.Read(ref Long(slot, NewestAt));
        if (known > 0)
        {
            Volatile.Write(ref Long(slot, NewestAt), ReaderSlot.Pack(ReaderSlot.Serial(before) + (ulong)known, newest));
        }

        return known > 0 && (byte)before != newest;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _map.Dispose();
        Descriptor.Dispose();
    }

    private ref ulong Long(int slot, int at) => ref *(ulong*)(At(slot) + at);

    private ref uint Word(int slot, int at) => ref *(uint*)(At(slot) + at);

    private byte* At(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)slot, (uint)Slots, nameof(slot));
        return _map.Address + (slot * SlotBytes);
    }
}
