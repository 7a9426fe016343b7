using System.ComponentModel;
using System.Security.Cryptography;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Region;

namespace PollScale.HostStub.Channels.Region;

/// <summary>The page of one VM and its doorbells, an eventfd for each vCPU: made for each VM anew, for one that has gone may keep both.</summary>
// SAFETY: the writer goes no further than the region's size, which is mapped until disposal, and the memory is sealed against shrinking.
internal sealed unsafe class RegionMemory : IDisposable
{
    /// <summary>Peer number of this host on the doorbell; the VM's own is <see cref="VmPeer"/>.</summary>
    public const int HostPeer = 1;

    /// <summary>Peer number of the VM.</summary>
    public const int VmPeer = 0;

    private const string Name = "pollscale-region";
    private readonly MappedRegion _mapped;
    private ulong _nonce;

    /// <summary>Makes one.</summary>
    /// <param name="vcpus">Its vCPUs.</param>
    /// <exception cref="Win32Exception">Memory or descriptors are wanting.</exception>
    public RegionMemory(int vcpus) : this(SealedMemory.Make(Name, RegionLayout.Size), MakeDoorbells(vcpus))
    {
    }

    /// <summary>Takes over what another process of this host made.</summary>
    /// <param name="memory">Sealed memory of a region's size; disposed with this, or when it cannot be mapped.</param>
    /// <param name="doorbells">An eventfd for each vCPU; disposed with this.</param>
    /// <exception cref="Win32Exception">It cannot be mapped.</exception>
    public RegionMemory(StreamDescriptor memory, IReadOnlyList<StreamDescriptor> doorbells)
    {
        (Memory, Doorbells) = (memory, doorbells);
        try
        {
            _mapped = MappedRegion.Map(memory.Fd, 0, RegionLayout.Size, LibC.PROT_READ | LibC.PROT_WRITE, Name);
        }
        catch
        {
            CloseDescriptors();
            throw;
        }

        Writer = new RegionWriter(_mapped.Address, doorbells.Count);
        File = FileFacts.TryRead(memory.Fd, out FileFacts facts) ? facts : default;
    }

    /// <summary>The memory, which QEMU maps.</summary>
    public StreamDescriptor Memory { get; }

    /// <summary>Which file it is.</summary>
    public FileFacts File { get; }

    /// <summary>The nonce in the header; 0 before it is written. From any thread.</summary>
    public ulong Nonce => Volatile.Read(ref _nonce);

    /// <summary>Doorbell of each vCPU. QEMU has it too and could read it, so it is only waited for.</summary>
    public IReadOnlyList<StreamDescriptor> Doorbells { get; }

    /// <summary>Writes it.</summary>
    public RegionWriter Writer { get; }

    /// <summary>Writes the header, under another nonce.</summary>
    /// <param name="binding">What the guest is granted.</param>
    /// <param name="observed">Its hypercalls ring too.</param>
    /// <param name="answered">Its hypercalls are answered within the exit.</param>
    /// <returns>vCPUs that have no slot, for their P-states are others than the first one's, which the header has.</returns>
    public IReadOnlyList<int> Describe(RegionBinding binding, bool observed = false, bool answered = false)
    {
        PStateTable table = binding.Vcpus[0].Service.PStates;
        uint[] apicIds = new uint[Doorbells.Count];
        Array.Fill(apicIds, RegionLayout.NoApicId);
        List<int> others = [];
        foreach (RegionVcpuBinding vcpu in binding.Vcpus.Where(vcpu => vcpu.Vcpu < apicIds.Length))
        {
            if (vcpu.Service.PStates.KHz.SequenceEqual(table.KHz))
            {
                apicIds[vcpu.Vcpu] = vcpu.ApicId;
            }
            else
            {
                others.Add(vcpu.Vcpu);
            }
        }

        RegionFlags flags = (binding.Vcpus.Any(vcpu => vcpu.Service.Granted) ? RegionFlags.ControlGranted : 0)
            | (binding.Emulated ? RegionFlags.Emulated : 0)
            | (observed ? RegionFlags.HypercallsObserved : 0)
            | (answered ? RegionFlags.HypercallsAnswered : 0)
            | (binding.Polls ? RegionFlags.HostSpins : 0);
        Volatile.Write(ref _nonce, NewNonce());
        Writer.Describe(flags, table, apicIds, HostPeer, Nonce);
        return others;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mapped.Dispose();
        CloseDescriptors();
    }

    private static ulong NewNonce()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        do
        {
            RandomNumberGenerator.Fill(bytes);
        }
        while (BitConverter.ToUInt64(bytes) == 0);

        return BitConverter.ToUInt64(bytes);
    }

    private static StreamDescriptor[] MakeDoorbells(int vcpus)
    {
        StreamDescriptor[] made = new StreamDescriptor[vcpus];
        for (int vcpu = 0; vcpu < vcpus; vcpu++)
        {
            try
            {
                made[vcpu] = new WakeEvent().Descriptor;
            }
            catch
            {
                Array.ForEach(made, doorbell => doorbell?.Dispose());
                throw;
            }
        }

        return made;
    }

    private void CloseDescriptors()
    {
        Memory.Dispose();
        foreach (StreamDescriptor doorbell in Doorbells)
        {
            doorbell.Dispose();
        }
    }
}
