using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using PollScale.Clock;
using PollScale.Memif;
using PollScale.Memif.Control;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Peer;

/// <summary><c>run --memif</c> against a peer that hands back what it likes: it is counted for what it is, and nothing crashes.</summary>
[Collection(nameof(PeerCollection))]
public sealed class HostilePeerTests : IDisposable
{
    private const string Memory = "/memfd:pollscale-memif";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new(1);
    private int _left, _late, _twice, _forged, _unstamped;

    private string Socket => _folder["memif.sock"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Frames_left_out_doubled_reordered_forged_and_of_its_own_are_each_counted_as_that()
    {
        using PeerRun run = Begin("1s");
        using MemifSocket socket = MemifSocket.Connect(Socket);
        using MemifPort port = socket.Add(new MemifPortOptions { Log2RingSize = 15, BufferSize = 256 }); // room for all, however long this thread is held up
        Assert.True(port.WaitForLink(s_patience, TestContext.Current.CancellationToken), run.Error);
        Assert.True(port.Poll());
        HandBack(port, 20_000);

        JsonElement summary = run.Finish(4);
        Assert.Equal((20_000, _left, 0, 0), (summary.Count("offered"), summary.Dropped("not_returned"), summary.Dropped("ring_full"), summary.Dropped("no_link")));
        Assert.Equal((_late, _twice, _forged, _unstamped), (summary.Count("out_of_order"), summary.Count("duplicated"), summary.Count("invalid"), summary.Count("unstamped")));
        Assert.True(_left > 0 && _late > 0 && _twice > 0 && _forged > 0 && _unstamped > 0);
        PeerAccount.AssertBalanced(summary);
    }

    [Fact]
    public void Garbage_in_rings_and_buffers_ends_no_run()
    {
        using PeerRun run = Begin("2s");
        using MemifSocket socket = MemifSocket.Connect(Socket);
        using MemifPort port = socket.Add(new MemifPortOptions { Log2RingSize = 6 });
        Assert.True(port.WaitForLink(s_patience, TestContext.Current.CancellationToken), run.Error);
        string memory = Assert.Single(Directory.GetFiles("/proc/self/fd"), file => new FileInfo(file).LinkTarget?.StartsWith(Memory, StringComparison.Ordinal) == true);
        using (FileStream region = new(memory, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 0))
        {
            run.Await("packets offered", () => run.Latest("offered") > 0 || Scribble(region, 1000));
            for (Stopwatch time = Stopwatch.StartNew(); time.Elapsed < TimeSpan.FromSeconds(1);)
            {
                Scribble(region, 100);
            }
        }

        JsonElement summary = run.Finish(4);
        Assert.Equal(40_000, summary.Count("offered"));
        PeerAccount.AssertBalanced(summary);
    }

    private PeerRun Begin(string duration)
    {
        PeerRun run = new($"{Socket},role=server,rsize=15", "--traffic", "constant:rate=20kpps", "--duration", duration);
        run.Await("the socket", () => File.Exists(Socket));
        return run;
    }

    // Rings lie first, and few bytes of them are what matters.
    private bool Scribble(FileStream region, int times)
    {
        byte[] garbage = new byte[16];
        for (int i = 0; i < times; i++)
        {
            _random.NextBytes(garbage);
            int most = (i % 3) switch { 0 => 64, 1 => 4096, _ => (int)region.Length };
            RandomAccess.Write(region.SafeFileHandle, garbage.AsSpan(0, _random.Next(1, garbage.Length)), _random.Next(most - garbage.Length));
        }

        return false;
    }

    private void HandBack(MemifPort port, int frames)
    {
        RxPacket[] packets = new RxPacket[RxQueue.MaxBurst];
        byte[]? held = null;
        byte[] forged = new byte[60], own = new byte[60];
        RandomNumberGenerator.Fill(own.AsSpan(0, 40));
        for (int taken = 0; taken < frames;)
        {
            Assert.True(port.Poll(), $"the run ended after {taken} frames");
            int count = port.Rx.Burst(packets);
            for (int i = 0; i < count; i++, taken++)
            {
                byte[] frame = packets[i].Span.ToArray();
                Assert.True(FrameStamp.TryRead(frame, out FrameStamp stamp));
                Assert.Equal((ulong)taken, stamp.Sequence);
                switch (taken % 10)
                {
                    case 1:
                        _left++;
                        continue;
                    case 2:
                        held = frame;
                        continue;
                    case 3:
                        Send(port, frame);
                        Send(port, held!);
                        _late++;
                        continue;
                    case 4:
                        Send(port, frame);
                        Send(port, frame);
                        _twice++;
                        continue;
                    case 5:
                        Send(port, own);
                        _unstamped++;
                        break;
                    case 6:
                        Forge(port, forged, new FrameStamp(ulong.MaxValue - (ulong)taken, stamp.SendTsc));
                        Forge(port, forged, stamp with { SendTsc = 1 });
                        Forge(port, forged, stamp with { SendTsc = TscClock.Now + (ulong.MaxValue / 2) });
                        break;
                }

                Send(port, frame);
            }

            port.Rx.Release(count);
            port.Tx.Publish();
        }
    }

    private void Forge(MemifPort port, byte[] frame, FrameStamp stamp)
    {
        stamp.Write(frame);
        Send(port, frame);
        _forged++;
    }

    private static void Send(MemifPort port, byte[] frame)
    {
        for (Stopwatch time = Stopwatch.StartNew(); !port.Tx.TrySend(frame);)
        {
            port.Tx.Publish();
            Assert.True(time.Elapsed < s_patience, "the ring stays full");
        }
    }
}
