using PollScale.HostStub.Channels.Hypercall;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Tests.Shared.Native;

namespace PollScale.HostStub.Tests.Channels.Hypercall;

/// <summary>Stands for the kernel that records a vCPU's hypercalls.</summary>
/// <param name="memory">Where it writes; null makes it.</param>
internal sealed class ScriptedRecords(RingMemory? memory = null) : IRecordSource
{
    private readonly WakeEvent _wake = new();
    private volatile bool _ended;

    /// <summary>The vCPU's thread.</summary>
    public const int Thread = 4711;

    public RingMemory Memory { get; } = memory ?? new RingMemory();

    public StreamDescriptor Descriptor => _wake.Descriptor;

    public PerfRing Ring => Memory.Ring;

    public bool HasEnded => _ended;

    /// <summary>The kernel's count of records that it had no room for.</summary>
    public ulong Dropped { get; set; }

    /// <summary>How often the count was read.</summary>
    public int Counts { get; private set; }

    public ulong Lost
    {
        get
        {
            Counts++;
            return Dropped;
        }
    }

    public bool IsDisposed { get; private set; }

    public ObservedThread Observed => new(Thread, this, new TracepointField(24, sizeof(ulong)));

    /// <summary>A hypercall, as the kernel saw it.</summary>
    public void Call(ulong sequence, int cpu, int thread = Thread) => Write(LibC.PERF_RECORD_SAMPLE, RingMemory.Hypercall(thread, cpu, HypercallAbi.NumberBase | (uint)FrequencyOp.SetPState, 0, sequence));

    /// <summary>Another record.</summary>
    public void Write(uint type, ReadOnlySpan<byte> body)
    {
        Memory.Write(type, body);
        _wake.Set();
    }

    /// <summary>The vCPU's thread ends.</summary>
    public void End() => _ended = true;

    // The memory stays for a test that still looks at it.
    public void Dispose()
    {
        IsDisposed = true;
        _wake.Dispose();
    }
}
