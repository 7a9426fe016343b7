using System.ComponentModel;
using System.Globalization;
using PollScale.HostStub.Daemon;
using PollScale.Native;
using PollScale.Region;

namespace PollScale.HostStub.Channels.Region;

/// <summary>A guest's region with the service manager, so that a restart of this daemon keeps it: QEMU's device does not connect a second time.</summary>
/// <param name="store">The service manager's store; null for none.</param>
/// <param name="guest">The guest.</param>
internal sealed class RegionKeeping(DescriptorStore? store, string guest)
{
    /// <summary>Kind of its names in the store.</summary>
    public const string Kind = "region";

    private readonly Queue<Func<bool>> _left = [];
    private readonly string _name = DescriptorStore.NameOf(Kind, guest);
    private int _doorbells;

    /// <summary>Takes what the daemon before left there.</summary>
    /// <returns>Null when it left none, or not all of it.</returns>
    public (StreamDescriptor Peer, RegionMemory Memory)? Take()
    {
        StreamDescriptor? peer = store?.Take(Peer), memory = store?.Take(Memory);
        List<StreamDescriptor> doorbells = [];
        while (store?.Take(Doorbell(doorbells.Count)) is StreamDescriptor doorbell)
        {
            doorbells.Add(doorbell);
        }

        _doorbells = doorbells.Count;
        try
        {
            if (peer is not null && memory is not null && doorbells.Count is > 0 and <= RegionLayout.MaxVcpus && SealedMemory.Is(memory, RegionLayout.Size))
            {
                return (peer, new RegionMemory(memory, doorbells));
            }
        }
        catch (Win32Exception)
        {
            // its address space is wanting: the VM must come anew
        }

        bool any = peer is not null || memory is not null || doorbells.Count > 0;
        peer?.Dispose();
        memory?.Dispose();
        doorbells.ForEach(doorbell => doorbell.Dispose());
        if (any)
        {
            Drop();
        }

        return null;
    }

    /// <summary>Has a VM's descriptors kept. The connection comes last: with it all are there.</summary>
    public void Keep(StreamDescriptor peer, RegionMemory memory)
    {
        if (store is not { IsThere: true } there)
        {
            return;
        }

        _doorbells = memory.Doorbells.Count;
        _left.Enqueue(() => there.TryKeep(Memory, memory.Memory));
        for (int i = 0; i < memory.Doorbells.Count; i++)
        {
            int vcpu = i;
            _left.Enqueue(() => there.TryKeep(Doorbell(vcpu), memory.Doorbells[vcpu]));
        }

        _left.Enqueue(() => there.TryKeep(Peer, peer));
        Tick();
    }

    /// <summary>Has nothing of it kept any longer: what is kept holds QEMU's connection open.</summary>
    public void Drop()
    {
        if (store is not { IsThere: true } there)
        {
            return;
        }

        _left.Clear();
        foreach (string name in (string[])[Peer, Memory, .. Enumerable.Range(0, _doorbells).Select(Doorbell)])
        {
            _left.Enqueue(() => there.TryDrop(name));
        }

        Tick();
    }

    /// <summary>Tells the manager what it had no room for.</summary>
    public void Tick()
    {
        while (_left.TryPeek(out Func<bool>? next) && next())
        {
            _left.Dequeue();
        }
    }

    private string Peer => $"{_name}-peer";

    private string Memory => $"{_name}-memory";

    private string Doorbell(int vcpu) => string.Create(CultureInfo.InvariantCulture, $"{_name}-doorbell-{vcpu}");
}
