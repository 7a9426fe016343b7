using System.ComponentModel;
using System.Runtime.InteropServices;
using PollScale.Native;

namespace PollScale.HostStub.Channels.Answered;

/// <summary>A vCPU's place in what the program and the daemon share: its state, by index, and the ring into which the program writes what it tells of that vCPU. It serves vCPUs one after the other.</summary>
/// <param name="index">Index of its state, and of its ring.</param>
internal sealed class AnsweredPlace(int index) : IDisposable
{
    // Some 220 records: more than come while its shard serves others. What finds no room is made true all the same, and counted.
    private const int RingBytes = 1 << 14;

    private readonly BpfRing _ring = NewRing();
    private volatile bool _isGranted;

    /// <summary>Index of its state.</summary>
    public int Index => index;

    /// <summary>Readable while there are records; one that comes when all before are read is an edge.</summary>
    public StreamDescriptor Records => _ring.Map.Descriptor;

    /// <summary>A thread is granted here. From any thread.</summary>
    public bool IsGranted
    {
        get => _isGranted;
        set => _isGranted = value;
    }

    /// <summary>A ring as every place has one.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static BpfRing NewRing() => BpfRing.Create(RingBytes, "pollscale_told");

    /// <summary>Has the program tell what happens here.</summary>
    /// <param name="rings">The program's array of rings.</param>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public void PutInto(BpfMap rings)
    {
        int descriptor = Records.Fd, key = index;
        rings.Update(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in key)), MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in descriptor)));
    }

    /// <summary>Takes the next record; one thread at a time.</summary>
    /// <param name="record">The record.</param>
    /// <returns>False when there is none.</returns>
    public bool TryRead(out AnsweredRecord record)
    {
        record = default;
        return _ring.TryRead(MemoryMarshal.AsBytes(new Span<AnsweredRecord>(ref record)), out _);
    }

    /// <inheritdoc/>
    public void Dispose() => _ring.Dispose();
}
