using PollScale.Clock;
using PollScale.Memif;
using PollScale.Memif.Control;
using PollScale.Tests.Shared.Memif;
using Xunit;

namespace PollScale.Tests.Memif.Control;

/// <summary>Numbered frames that a testpmd sends back.</summary>
internal static class RoundTrips
{
    private const int InFlight = 256, FramesOfAMillisecond = 10; // on a machine that is very busy

    /// <summary>One lcore of testpmd and this thread share two CPUs with whatever else runs: no more is under way than every ring takes.</summary>
    /// <returns>What came back, how many of them not in order, and the longest way in ticks.</returns>
    public static (int Received, int OutOfOrder, ulong Slowest) Make(MemifPort port, Testpmd testpmd, int frames, int length = 60)
    {
        RxPacket[] packets = new RxPacket[32];
        byte[] frame = new byte[length];
        frame[0] = 2;
        frame[12] = 8;
        int sent = 0, received = 0, outOfOrder = 0;
        ulong slowest = 0;
        int inFlight = Math.Min(InFlight, port.Tx.Size / 4);
        long end = Environment.TickCount64 + (long)LinkLab.Patience.TotalMilliseconds + (frames / FramesOfAMillisecond);
        while (received < frames && Environment.TickCount64 < end)
        {
            Assert.True(port.Poll(), testpmd.Output);
            for (int i = 0; i < 32 && sent < frames && sent - received < inFlight; i++)
            {
                new FrameStamp((ulong)sent, TscClock.Now).Write(frame);
                sent += port.Tx.TrySend(frame) ? 1 : 0;
            }

            port.Tx.Publish();
            int count = port.Rx.Burst(packets);
            for (int i = 0; i < count; i++)
            {
                bool stamped = packets[i].IsValid && FrameStamp.TryRead(packets[i].Span, out FrameStamp stamp) && stamp.Sequence == (ulong)received;
                outOfOrder += stamped ? 0 : 1;
                slowest = stamped && FrameStamp.TryRead(packets[i].Span, out stamp) ? Math.Max(slowest, TscClock.Now - stamp.SendTsc) : slowest;
                received++;
            }

            port.Rx.Release(count);
        }

        return (received, outOfOrder, slowest);
    }
}
