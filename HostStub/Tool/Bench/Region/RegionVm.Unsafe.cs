using PollScale.HostStub.Channels.Region;
using PollScale.Clock;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Region;

namespace PollScale.HostStub.Bench.Region;

/// <summary>A VM with one vCPU, of which there is no more than its end of the shared page: what its program would store, and the eventfd that KVM would write.</summary>
// SAFETY: the page is mapped with its whole size until disposal, and has a slot for the one vCPU.
internal sealed unsafe class RegionVm : IDisposable
{
    private readonly RegionMemory _memory = new(1);
    private readonly MappedRegion _page;
    private readonly RegionRequests _requests;
    private readonly byte[] _one = [1, 0, 0, 0, 0, 0, 0, 0];
    private uint _sequence;

    /// <param name="name">Name of the guest.</param>
    /// <param name="service">Answers it.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">Memory or descriptors are wanting.</exception>
    public RegionVm(string name, IFrequencyService service)
    {
        RegionVcpuBinding vcpu = new(0, 0, 0, service, 0, () => null, () => { });
        _memory.Describe(new RegionBinding { Guest = name, Path = "", Emulated = true, Vcpus = [vcpu] });
        _page = MappedRegion.Map(_memory.Memory.Fd, 0, RegionLayout.Size, LibC.PROT_READ | LibC.PROT_WRITE, "page");
        _requests = new RegionRequests(_page.Address + RegionLayout.Slot(0));
        Doorbell = new RegionDoorbell(new ServedVcpu(new RegionState(name, ""), vcpu), _memory, spins: false);
    }

    /// <summary>What the daemon watches.</summary>
    public RegionDoorbell Doorbell { get; }

    /// <summary>Stores a request and rings.</summary>
    public void Post(FrequencyCall call)
    {
        _sequence = RequestWord.Next(_sequence);
        RequestWord.TryMake(_sequence, call, posted: true, out RequestWord word);
        _requests.Store(word);
        Ring();
    }

    /// <summary>Rings.</summary>
    public void Ring() => _memory.Doorbells[0].Write(_one);

    /// <summary>Asks and polls for the answer, as a tool in the guest does.</summary>
    /// <param name="patienceMs">Longest wait, in ms.</param>
    /// <returns>What it took, in ns; null when there was no answer.</returns>
    public ulong? Ask(FrequencyCall call, int patienceMs)
    {
        ulong start = TscClock.Now, last = start + (TscClock.FrequencyKHz * (ulong)patienceMs);
        Post(call);
        while (_requests.Echo != _sequence)
        {
            if (TscClock.Now > last)
            {
                return null;
            }

            Thread.SpinWait(1);
        }

        return TscClock.ToNanoseconds(TscClock.Now - start);
    }

    /// <summary>Writes a word somewhere into the page, and rings.</summary>
    public void Scribble(Random random)
    {
        Volatile.Write(ref *(long*)(_page.Address + (random.Next(RegionLayout.Size / sizeof(long)) * sizeof(long))), random.NextInt64());
        Volatile.Write(ref *(long*)(_page.Address + RegionLayout.Slot(0)), random.NextInt64());
        Ring();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _page.Dispose();
        _memory.Dispose();
    }
}
