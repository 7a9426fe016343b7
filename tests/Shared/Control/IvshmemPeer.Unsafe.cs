using System.Diagnostics;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Region;
using Xunit;

namespace PollScale.Tests.Shared.Control;

/// <summary>Stands for QEMU and for the guest in it: takes the region from an ivshmem server as QEMU's device does, writes slots, rings eventfds as KVM does.</summary>
// SAFETY: the region is mapped with its whole size until disposal, and slots are of vCPUs that the layout has room for.
internal sealed unsafe class IvshmemPeer : IDisposable
{
    private readonly StreamDescriptor _socket;
    private readonly MappedRegion _region;
    private readonly List<StreamDescriptor> _doorbells = [];
    private readonly uint[] _sequences = new uint[RegionLayout.MaxVcpus];

    /// <summary>Connects to a server and takes what it hands over.</summary>
    public IvshmemPeer(string path, int vcpus) : this(Connect(path), vcpus)
    {
    }

    private IvshmemPeer(StreamDescriptor socket, int vcpus)
    {
        _socket = socket;
        Assert.Equal((0, -1), Take());
        Assert.Equal((0, -1), Take());
        (long number, int memory) = Take();
        Assert.Equal(-1, number);
        Memory = new StreamDescriptor(memory);
        _region = MappedRegion.Map(memory, 0, RegionLayout.Size, LibC.PROT_READ | LibC.PROT_WRITE, "region");
        for (int vcpu = 0; vcpu < vcpus; vcpu++)
        {
            (long peer, int doorbell) = Take();
            Assert.Equal(1, peer);
            _doorbells.Add(new StreamDescriptor(doorbell));
        }
    }

    public StreamDescriptor Socket => _socket;

    public StreamDescriptor Memory { get; }

    public IReadOnlyList<StreamDescriptor> Doorbells => _doorbells;

    public byte* Page => _region.Address;

    public Span<byte> Bytes => new(_region.Address, RegionLayout.Size);

    public ulong Heartbeat => Volatile.Read(ref *(ulong*)(Page + RegionLayout.HeartbeatField));

    public ulong Nonce => Volatile.Read(ref *(ulong*)(Page + RegionLayout.NonceField));

    /// <summary>A connection that nobody has said anything on yet.</summary>
    public static StreamDescriptor Connect(string path)
    {
        StreamDescriptor? socket = null;
        ChannelLab.Until(() => (socket = UnixSocket.TryConnect(path, out _)) is not null, $"nobody listens at {path}");
        return socket!;
    }

    /// <summary>A u32 of the header.</summary>
    public uint Header(int field) => Volatile.Read(ref *(uint*)(Page + field));

    /// <summary>A u32 of a vCPU's status.</summary>
    public uint Status(int vcpu, int field) => Volatile.Read(ref *(uint*)(Page + RegionLayout.Status(vcpu) + field));

    /// <summary>Writes a request word, whatever it says.</summary>
    public void Write(int vcpu, ulong word) => Volatile.Write(ref *(ulong*)(Page + RegionLayout.Slot(vcpu)), word);

    /// <summary>Rings, as the device does when the guest writes its register.</summary>
    public void Ring(int vcpu)
    {
        ulong one = 1;
        Assert.Equal(sizeof(ulong), _doorbells[vcpu].Write(new ReadOnlySpan<byte>(&one, sizeof(ulong))));
    }

    /// <summary>Writes a request and rings; nobody waits.</summary>
    /// <returns>Its sequence.</returns>
    public uint Post(int vcpu, FrequencyCall call)
    {
        uint sequence = _sequences[vcpu] = RequestWord.Next(_sequences[vcpu]);
        Assert.True(RequestWord.TryMake(sequence, call, posted: true, out RequestWord word));
        Write(vcpu, word.Value);
        Ring(vcpu);
        return sequence;
    }

    public uint Echo(int vcpu) => Volatile.Read(ref *(uint*)(Page + RegionLayout.Slot(vcpu) + RegionLayout.EchoField));

    public uint Dropped(int vcpu) => Volatile.Read(ref *(uint*)(Page + RegionLayout.Slot(vcpu) + RegionLayout.DroppedField));

    public FrequencyReply Result(int vcpu) => new(Volatile.Read(ref *(long*)(Page + RegionLayout.Slot(vcpu) + RegionLayout.ResultField)));

    /// <summary>Asks and waits for the answer.</summary>
    public FrequencyReply Ask(int vcpu, FrequencyCall call)
    {
        uint sequence = Post(vcpu, call);
        for (Stopwatch time = Stopwatch.StartNew(); Echo(vcpu) != sequence;)
        {
            Assert.True(time.Elapsed < ChannelLab.Patience, "The request is not answered.");
            Thread.Yield();
        }

        return Result(vcpu);
    }

    public void Dispose()
    {
        _region.Dispose();
        Memory.Dispose();
        _doorbells.ForEach(doorbell => doorbell.Dispose());
        _socket.Dispose();
    }

    private (long Number, int Descriptor) Take()
    {
        byte[] bytes = new byte[sizeof(long)];
        int[] descriptors = [];
        int taken = 0;
        for (Stopwatch time = Stopwatch.StartNew(); time.Elapsed < ChannelLab.Patience && (taken = PassedDescriptors.Receive(_socket.Fd, bytes, out descriptors)) == -LibC.EAGAIN;)
        {
            _socket.WaitReadable(100);
        }

        Assert.Equal(sizeof(long), taken);
        return (BitConverter.ToInt64(bytes), descriptors.Length == 0 ? -1 : Assert.Single(descriptors));
    }
}
