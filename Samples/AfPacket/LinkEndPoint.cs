using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace PollScale.Samples.AfPacket;

/// <summary>An interface and the protocol of its frames: struct sockaddr_ll (linux/if_packet.h).</summary>
internal sealed class LinkEndPoint : EndPoint
{
    /// <summary>Every protocol (ETH_P_ALL).</summary>
    public const ushort Every = 3;
    private readonly int _index;
    private readonly ushort _protocol;

    private LinkEndPoint(int index, ushort protocol) => (_index, _protocol) = (index, protocol);

    /// <inheritdoc/>
    public override AddressFamily AddressFamily => AddressFamily.Packet;

    /// <summary>A socket at an interface that gets no frame until it is bound.</summary>
    /// <exception cref="IOException">There is none of that name, or this user may not.</exception>
    public static (Socket Socket, LinkEndPoint Link) Open(string name, ushort protocol)
    {
        NetworkInterface link = NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(any => any.Name == name)
            ?? throw new IOException($"There is no interface {name}; there are {string.Join(", ", NetworkInterface.GetAllNetworkInterfaces().Select(any => any.Name))}.");
        try
        {
            return (new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)0), new LinkEndPoint(link.GetIPProperties().GetIPv4Properties().Index, protocol));
        }
        catch (SocketException e)
        {
            throw new IOException($"A packet socket needs CAP_NET_RAW ({e.Message}): run it as root, or in a network namespace of your own (unshare -Urn).", e);
        }
    }

    /// <inheritdoc/>
    public override SocketAddress Serialize()
    {
        SocketAddress address = new(AddressFamily.Packet, 20);
        BinaryPrimitives.WriteUInt16BigEndian(address.Buffer.Span[2..], _protocol);
        BinaryPrimitives.WriteInt32LittleEndian(address.Buffer.Span[4..], _index);
        return address;
    }
}
