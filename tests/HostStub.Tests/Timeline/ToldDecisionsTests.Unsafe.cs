using FsCheck;
using FsCheck.Fluent;
using PollScale.Governors;
using PollScale.HostStub.Timeline;
using PollScale.Telemetry;
using Xunit;

namespace PollScale.HostStub.Tests.Timeline;

// SAFETY: the log's memory is pinned while it is used.
public unsafe class ToldDecisionsTests
{
    private static readonly DecisionRecord s_raised = new()
    {
        Ticks = 500, Backlog = 812, ArrivalsPerSecond = 2e6, Before = 2, After = 0, Wanted = 0, Cause = DecisionCause.Governor, Reason = DecisionReason.Certificate, Called = true,
    };

    [Fact]
    public void What_a_guest_wrote_is_read_once_and_in_its_words()
    {
        using Memory memory = new();
        memory.Log.Begin(1024, 3e6);
        memory.Log.Write(DecisionCodes.Pack(s_raised));
        ToldDecisions told = new(memory.Log, 1024, 3, () => 1000);
        List<DecisionRecord> read = [];
        told.Read(read, 100);
        told.Read(read, 100);

        DecisionRecord one = Assert.Single(read);
        Assert.Equal(s_raised with { RingSize = 1024, PeakPacketsPerSecond = 3e6 }, one);
        Assert.Equal("P2 -> P0: backlog 812 would overflow the ring of 1024 in 71 us at the line rate", one.Explain());
        Assert.Equal((0ul, 0ul), (told.Missed, told.Impossible));
    }

    [Fact]
    public void What_was_overwritten_is_counted()
    {
        using Memory memory = new();
        for (int i = 0; i < DecisionLog.Slots + 5; i++)
        {
            memory.Log.Write(DecisionCodes.Pack(s_raised));
        }

        ToldDecisions told = new(memory.Log, 1024, 3, () => 1000);
        List<DecisionRecord> read = [];
        told.Read(read, 100);
        Assert.Equal((DecisionLog.Slots, 5ul), (read.Count, told.Missed));
    }

    /// <summary>The guest goes on while it is read.</summary>
    [Fact]
    public void What_was_written_before_the_clock_was_looked_at_is_no_lie()
    {
        using Memory memory = new();
        DecisionLog log = memory.Log;
        log.Write(DecisionCodes.Pack(s_raised));
        ToldDecisions told = new(log, 1024, 3, () =>
        {
            log.Write(DecisionCodes.Pack(s_raised with { Ticks = 1500 })); // not read yet
            return 1000;
        });
        List<DecisionRecord> read = [];
        told.Read(read, 100);
        Assert.Equal((1, 0ul), (read.Count, told.Impossible));
    }

    public static TheoryData<string, DecisionRecord> Impossible => new()
    {
        { "before the guest was made", s_raised with { Ticks = 99 } },
        { "in the future", s_raised with { Ticks = 1001 } },
        { "more waiting than the ring holds", s_raised with { Backlog = 1025 } },
        { "less than nothing waits", s_raised with { Backlog = -2 } },
        { "no number", s_raised with { ArrivalsPerSecond = double.NaN } },
        { "endless", s_raised with { ArrivalsPerSecond = double.PositiveInfinity } },
        { "no such P-state", s_raised with { After = 3 } },
        { "no such P-state wanted", s_raised with { Wanted = 255 } },
        { "no such reason", s_raised with { Reason = (DecisionReason)99 } },
        { "no such cause", s_raised with { Cause = (DecisionCause)99 } },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void What_cannot_be_true_is_left_out(string why, DecisionRecord lie)
    {
        using Memory memory = new();
        memory.Log.Write(DecisionCodes.Pack(lie));
        ToldDecisions told = new(memory.Log, 1024, 3, () => 1000);
        List<DecisionRecord> read = [];
        told.Read(read, 100);
        Assert.True(read.Count == 0 && told.Impossible == 1, why);
    }

    [Fact]
    public void Whatever_a_guest_writes_is_read_in_bounded_time_and_can_be_explained() => Prop.ForAll<int, ulong>((seed, written) =>
    {
        using Memory memory = new();
        new System.Random(seed).NextBytes(memory.Bytes);
        if (seed % 2 == 0)
        {
            BitConverter.TryWriteBytes(memory.Bytes, written);
        }

        ToldDecisions told = new(memory.Log, 1024, 3, () => ulong.MaxValue);
        List<DecisionRecord> read = [];
        for (int i = 0; i < 3; i++)
        {
            told.Read(read, 0);
            new System.Random(seed + i).NextBytes(memory.Bytes[..8]);
        }

        return read.Count <= 3 * DecisionLog.Slots && read.All(one => one.Explain().Length > 0);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(50));

    private sealed class Memory : IDisposable
    {
        private readonly System.Runtime.InteropServices.GCHandle _handle = System.Runtime.InteropServices.GCHandle.Alloc(
            new long[DecisionLog.Bytes / sizeof(long)], System.Runtime.InteropServices.GCHandleType.Pinned);

        public DecisionLog Log => new((void*)_handle.AddrOfPinnedObject());

        public Span<byte> Bytes => new((void*)_handle.AddrOfPinnedObject(), DecisionLog.Bytes);

        public void Dispose() => _handle.Free();
    }
}
