using System.Buffers.Binary;
using PollScale.Memif.Control;
using PollScale.Native;
using Xunit;

namespace PollScale.Tests.Memif.Control;

public sealed class PeerBellTests : IDisposable
{
    private const int PatienceMs = 20_000;
    private const int SetFlags = 4; // F_SETFL
    private readonly StreamDescriptor _peer = new(LibC.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK));

    public void Dispose() => _peer.Dispose();

    [Fact]
    public void Each_ring_reaches_a_peer_that_sleeps()
    {
        using PeerBell bell = new(_peer.Fd);
        bell.Begin();
        Span<byte> count = stackalloc byte[sizeof(ulong)];
        for (int i = 0; i < 100; i++)
        {
            bell.Ring();
            Assert.True(_peer.WaitReadable(PatienceMs));
            Assert.Equal(sizeof(ulong), _peer.Read(count));
            Assert.Equal(1ul, BinaryPrimitives.ReadUInt64LittleEndian(count));
        }
    }

    [Fact]
    public void A_peer_that_blocks_its_writers_stops_the_bell_alone()
    {
        Span<byte> most = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(most, ulong.MaxValue - 1);
        Assert.Equal(sizeof(ulong), _peer.Write(most));
        Assert.Equal(0, LibC.fcntl(_peer.Fd, SetFlags, 0));
        PeerBell bell = new(_peer.Fd);
        bell.Begin();
        for (int i = 0; i < 1000; i++)
        {
            bell.Ring();
        }

        bell.Dispose();
        Assert.Equal(sizeof(ulong), _peer.Read(most)); // lets the thread go
    }
}
