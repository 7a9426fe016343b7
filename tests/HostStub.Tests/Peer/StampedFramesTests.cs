using PollScale.Clock;
using PollScale.HostStub.Peer;
using PollScale.HostStub.Traffic.Frames;
using PollScale.Memif;
using PollScale.Memif.Control;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Peer;

public sealed class StampedFramesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_stamped_frame_is_a_right_one_without_a_UDP_checksum()
    {
        using FramePool pool = new(FrameSizes.Imix, 0, 1), same = new(FrameSizes.Imix, 0, 1);
        StampedFrames frames = new(pool);
        for (ulong i = 0; i < 100; i++)
        {
            ReadOnlySpan<byte> frame = frames.Next(i, i + 1), made = same.Next().Span;
            Assert.True(Ipv4Frame.IsValid(frame));
            Assert.True(FrameStamp.TryRead(frame, out FrameStamp stamp));
            Assert.Equal(new FrameStamp(i, i + 1), stamp);
            Assert.True(made[..40].SequenceEqual(frame[..40]));
            Assert.Equal(0, frame[40] | frame[41]);
            Assert.True(made[42..^FrameStamp.Size].SequenceEqual(frame[42..^FrameStamp.Size]));
        }
    }

    [Fact]
    public void Sending_and_taking_back_allocate_nothing()
    {
        using MemifSocket listening = MemifSocket.Listen(_folder["s"]), connecting = MemifSocket.Connect(_folder["s"]);
        using MemifPort server = listening.Add(new MemifPortOptions()), client = connecting.Add(new MemifPortOptions());
        Assert.True(server.WaitForLink(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken) && client.WaitForLink(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.True(server.Poll() && client.Poll());
        using FramePool pool = new(FrameSizes.Default, 0, 1);
        StampedFrames frames = new(pool);
        StampedReturns returns = new();
        ulong sent = 0, begin = TscClock.Now;

        Allocated.Nothing(() =>
        {
            Span<RxPacket> packets = stackalloc RxPacket[RxQueue.MaxBurst];
            for (int i = 0; i < 1000; i++)
            {
                sent += client.Tx.TrySend(frames.Next(sent, TscClock.Now)) ? 1u : 0;
                client.Tx.Publish();
                int count = server.Rx.Burst(packets);
                foreach (RxPacket packet in packets[..count])
                {
                    server.Tx.TrySend(packet);
                }

                server.Rx.Release(count);
                server.Tx.Publish();
                returns.Take(client.Rx, sent, begin);
            }
        });

        Assert.True(sent >= 1000);
        Assert.Equal((sent, sent, 0ul), (returns.InOrder, returns.Delays.Count, returns.Late + returns.Repeated + returns.Unstamped + returns.Invalid));
    }
}
