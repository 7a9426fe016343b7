using PollScale.Native;

namespace PollScale.HostStub.Channels.Region;

/// <summary>
/// What an ivshmem server tells QEMU's device (QEMU's docs/specs/ivshmem-spec.txt): the protocol's version, the VM's own number, the memory, and the
/// doorbells of its one peer, this host. The VM's own are left out: nobody rings it.
/// </summary>
/// <param name="memory">What is told of; it outlives this.</param>
internal sealed class IvshmemHandshake(RegionMemory memory)
{
    private const long Version = 0, SharedMemory = -1;
    private const int First = 3; // before the doorbells
    private int _sent;

    /// <summary>True for a peer that another process of this host has told all.</summary>
    public bool IsTold { get; init; }

    /// <summary>True when all is told.</summary>
    public bool IsDone => IsTold || _sent == First + memory.Doorbells.Count;

    /// <summary>Sends what there is room for.</summary>
    /// <returns>0, or the negative error number that ends the connection.</returns>
    public int Send(StreamDescriptor peer)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        while (!IsDone)
        {
            (long number, int descriptor) = Message();
            BitConverter.TryWriteBytes(bytes, number);
            int sent = PassedDescriptors.Send(peer.Fd, bytes, descriptor < 0 ? [] : [descriptor]);
            if (sent != sizeof(long))
            {
                // A message of eight bytes is taken whole or not at all; descriptors under way are fewer when the peer reads.
                return sent is -LibC.EAGAIN or -LibC.ETOOMANYREFS ? 0 : sent < 0 ? sent : -LibC.EIO;
            }

            _sent++;
        }

        return 0;
    }

    private (long Number, int Descriptor) Message() => _sent switch
    {
        0 => (Version, -1),
        1 => (RegionMemory.VmPeer, -1),
        2 => (SharedMemory, memory.Memory.Fd),
        _ => (RegionMemory.HostPeer, memory.Doorbells[_sent - First].Fd),
    };
}
