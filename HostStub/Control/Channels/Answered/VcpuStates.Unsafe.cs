using System.ComponentModel;
using System.Runtime.CompilerServices;
using PollScale.Native;

namespace PollScale.HostStub.Channels.Answered;

/// <summary>The states of all granted vCPUs: an array that the program and the daemon have in memory both.</summary>
// SAFETY: the array stays mapped until disposal, and no index outside it is used; each word is read and written whole.
internal sealed unsafe class VcpuStates : IDisposable
{
    private readonly MappedRegion _memory;
    private readonly VcpuState* _states;

    /// <summary>Makes the array; all of it is 0.</summary>
    /// <param name="count">Number of states.</param>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public VcpuStates(int count)
    {
        Count = count;
        Map = BpfMap.Create(LibC.BPF_MAP_TYPE_ARRAY, sizeof(uint), Unsafe.SizeOf<VcpuState>(), count, LibC.BPF_F_MMAPABLE, "pollscale_state");
        nuint page = (nuint)Environment.SystemPageSize, bytes = (nuint)(count * Unsafe.SizeOf<VcpuState>());
        try
        {
            _memory = MappedRegion.Map(Map.Descriptor.Fd, 0, (bytes + page - 1) / page * page, LibC.PROT_READ | LibC.PROT_WRITE, "a BPF array");
        }
        catch
        {
            Map.Dispose();
            throw;
        }

        _states = (VcpuState*)_memory.Address;
    }

    /// <summary>Number of states.</summary>
    public int Count { get; }

    /// <summary>The map, for the program.</summary>
    public BpfMap Map { get; }

    /// <summary>A copy of one, in which each word is whole.</summary>
    /// <param name="index">Which.</param>
    public VcpuState Read(int index) => *At(index);

    /// <summary>Sequence of the last request that was decided; 0 for none.</summary>
    /// <param name="index">Which.</param>
    public ulong Decided(int index) => Volatile.Read(ref At(index)->Decided);

    /// <summary>Begins one anew, while no grant names it.</summary>
    /// <param name="index">Which.</param>
    /// <param name="standing">What is in force.</param>
    public void Begin(int index, Standing standing) => *At(index) = new VcpuState { Standing = standing.Word };

    /// <summary>Corrects what stands, unless the program has granted a change meanwhile.</summary>
    /// <param name="index">Which.</param>
    /// <param name="known">What stood when the daemon looked.</param>
    /// <param name="actual">What is to stand.</param>
    /// <returns>False where something else stands now, whose record comes.</returns>
    public bool TryCorrect(int index, Standing known, Standing actual) => Interlocked.CompareExchange(ref At(index)->Standing, actual.Word, known.Word) == known.Word;

    /// <summary>Sets until when calls are paid.</summary>
    /// <param name="index">Which.</param>
    /// <param name="ns">Of CLOCK_MONOTONIC.</param>
    public void SetPaidUntil(int index, ulong ns) => Volatile.Write(ref At(index)->PaidUntil, ns);

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory.Dispose();
        Map.Dispose();
    }

    private VcpuState* At(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        ObjectDisposedException.ThrowIf(_memory.IsClosed, this);
        return _states + index;
    }
}
