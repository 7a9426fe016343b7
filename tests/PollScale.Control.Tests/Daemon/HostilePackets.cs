using PollScale.GuestChannel;

namespace PollScale.HostStub.Tests.Daemon;

/// <summary>What a hostile guest sends: noise, valid packets with changed bytes, cut ones, all in one buffer.</summary>
internal sealed class HostilePackets(int seed)
{
    private static readonly uint[] s_interesting = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 127, 128, 255, 65535, 65536, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF];
    private readonly Random _random = new(seed);
    private readonly byte[] _packet = new byte[GuestChannelAbi.PacketBytes];

    /// <summary>The next bytes, 1 to 464; valid until the next call.</summary>
    public ReadOnlySpan<byte> Next()
    {
        if (_random.Next(8) == 0)
        {
            _random.NextBytes(_packet);
        }
        else
        {
            ChannelPackets.WriteRequest(_packet, (ChannelCommand)_random.Next(12), (ScaleUnit)_random.Next(8), (ulong)(_random.Next(4) == 0 ? _random.Next(200) : 0));
        }

        for (int mutations = _random.Next(4); mutations > 0; mutations--)
        {
            if (_random.Next(2) == 0)
            {
                _packet[_random.Next(_packet.Length)] = (byte)_random.Next(256);
            }
            else
            {
                BitConverter.TryWriteBytes(_packet.AsSpan(4 * _random.Next(_packet.Length / 4)), s_interesting[_random.Next(s_interesting.Length)]);
            }
        }

        return _random.Next(6) == 0 ? _packet.AsSpan(0, _random.Next(1, _packet.Length)) : _packet;
    }
}
