using System.ComponentModel;
using PollScale.GuestChannel;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Placement;
using PollScale.Region;

namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>
/// Another guest of a host, of which there is no more than what speaks its channel: a thread that asks for its P-state again and again, and sleeps in between.
/// It is QEMU's ivshmem device, which connects, or its virtio-serial port, which listens.
/// </summary>
// SAFETY: the page is mapped with its whole size until the thread has ended, and has a slot for the one vCPU.
internal sealed unsafe class OtherGuest : IDisposable
{
    private const int Patience = 5000;
    private const long Memory = -1, Host = 1;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly string _socket;
    private readonly PathDevice _device;
    private readonly int _perSecond;
    private readonly StreamDescriptor? _listener;
    private readonly HostThread _thread;
    private readonly byte[] _packet = new byte[GuestChannelAbi.PacketBytes], _replies = new byte[16 * GuestChannelAbi.PacketBytes];
    private volatile bool _stop;

    /// <summary>Begins to ask.</summary>
    /// <param name="device">Its channel.</param>
    /// <param name="socket">Where it and its host meet.</param>
    /// <param name="perSecond">How often it asks, 0 for as often as it can.</param>
    /// <exception cref="Win32Exception">A port's socket cannot be made.</exception>
    public OtherGuest(PathDevice device, string socket, int perSecond)
    {
        (_device, _socket, _perSecond) = (device, socket, perSecond);
        _listener = device == PathDevice.Port ? UnixSocket.Listen(socket) : null;
        ChannelPackets.WriteRequest(_packet, ChannelCommand.QueryFreq, ScaleUnit.None, 0);
        _thread = new HostThread("other guest", Ask);
        _thread.Start();
    }

    /// <summary>How often it asked.</summary>
    public long Asked { get; private set; }

    /// <summary>How often it was answered before it asked again.</summary>
    public long Answered { get; private set; }

    /// <summary>What ended it early; null for nothing.</summary>
    public string? Problem => _thread.Failure?.Message;

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        _stop = true;
        _thread.Join(s_patience);
        _listener?.Dispose();
        if (_device == PathDevice.Port)
        {
            File.Delete(_socket);
        }
    }

    private void Ask()
    {
        if (_device == PathDevice.Page)
        {
            AskByPage();
        }
        else
        {
            AskByPort();
        }
    }

    private void AskByPage()
    {
        using StreamDescriptor server = UnixSocket.TryConnect(_socket, out int error) ?? throw new Win32Exception(error, $"{_socket} takes no guest.");
        MappedRegion? page = null;
        StreamDescriptor? doorbell = null;
        try
        {
            Span<byte> number = stackalloc byte[sizeof(long)];
            while (doorbell is null)
            {
                if (!server.WaitReadable(Patience) || PassedDescriptors.Receive(server.Fd, number, out int[] passed) != number.Length)
                {
                    throw new Win32Exception(LibC.ENODEV, $"{_socket} tells no guest its page.");
                }

                StreamDescriptor? first = passed.Length > 0 ? new StreamDescriptor(passed[0]) : null;
                switch (BitConverter.ToInt64(number))
                {
                    case Memory when first is not null && page is null:
                        page = MappedRegion.Map(first.Fd, 0, RegionLayout.Size, LibC.PROT_READ | LibC.PROT_WRITE, "page");
                        first.Dispose();
                        break;
                    case Host when first is not null && page is not null:
                        doorbell = first;
                        break;
                    default:
                        first?.Dispose();
                        break;
                }
            }

            Ask(new RegionRequests(page!.Address + RegionLayout.Slot(0)), doorbell);
        }
        finally
        {
            doorbell?.Dispose();
            page?.Dispose();
        }
    }

    private void Ask(RegionRequests requests, StreamDescriptor doorbell)
    {
        ReadOnlySpan<byte> one = [1, 0, 0, 0, 0, 0, 0, 0];
        for (uint sequence = requests.Stored.Sequence; !_stop; Nap())
        {
            Answered += Asked > 0 && requests.Echo == sequence ? 1 : 0;
            sequence = RequestWord.Next(sequence);
            RequestWord.TryMake(sequence, new FrequencyCall(FrequencyOp.GetPState, 0), posted: false, out RequestWord word);
            requests.Store(word);
            doorbell.Write(one);
            Asked++;
        }
    }

    private void AskByPort()
    {
        StreamDescriptor? host = null;
        while (!_stop && (host = UnixSocket.TryAccept(_listener!)) is null)
        {
            _listener!.WaitReadable(Patience / 100);
        }

        using (host)
        {
            for (; !_stop; Nap())
            {
                if (host!.Write(_packet) == _packet.Length)
                {
                    Asked++;
                    Answered += host.WaitReadable(Patience / 100) && host.Read(_replies) > 0 ? 1 : 0;
                }
            }
        }
    }

    private void Nap()
    {
        if (_perSecond > 0)
        {
            Thread.Sleep(Math.Max(1, 1000 / _perSecond));
        }
    }
}
