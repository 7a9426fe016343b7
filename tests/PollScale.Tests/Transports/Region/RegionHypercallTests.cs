using PollScale.Clock;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Region;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.Transports.Region;

/// <summary>Rings by the hypercall instruction, for which a method stands here: no test executes it.</summary>
public sealed class RegionHypercallTests : IDisposable
{
    private const RegionFlags Observed = RegionFlags.ControlGranted | RegionFlags.HypercallsObserved;
    private static readonly ProbeResult s_refused = new(ProbeOutcome.Refused, -1); // KVM's answer to a process
    private readonly List<(FrequencyCall Call, uint Sequence)> _executed = [];
    private readonly RegionLab _lab = new(flags: Observed);
    private int _tried;
    private bool _isHeard = true;

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void Without_being_asked_for_it_is_neither_tried_nor_executed()
    {
        using RegionTransport transport = _lab.Open();
        Assert.Equal(("region", null), (transport.Doorbell, transport.DoorbellNote));
        Assert.Equal(3u << 16, _lab.Rung);
    }

    [Fact]
    public void Each_request_executes_it_with_its_number_and_leaves_the_doorbell_alone()
    {
        using RegionTransport transport = Open(s_refused);
        Assert.Equal((1, "region-hypercall", null), (_tried, transport.Doorbell, transport.DoorbellNote));
        Assert.Equal(new FrequencyReply(4), Call(transport, new FrequencyCall(FrequencyOp.SetPState, 4)));
        Assert.Equal((new FrequencyCall(FrequencyOp.SetPState, 4), _lab.Request().Sequence), _executed[^1]);
        transport.Post(new FrequencyCall(FrequencyOp.SetPState, 7), TscClock.Now);
        Assert.Equal((new FrequencyCall(FrequencyOp.SetPState, 7), _lab.Request().Sequence), _executed[^1]);
        Assert.Equal(0u, _lab.Rung);
    }

    [Theory]
    [InlineData(nameof(ProbeOutcome.Killed), 4, "killed by SIGILL")]
    [InlineData(nameof(ProbeOutcome.TimedOut), 0, "hanging: no answer within 2 s")]
    [InlineData(nameof(ProbeOutcome.CouldNotRun), 11, "not tried: no child process")]
    public void Where_the_probe_does_not_survive_the_doorbell_rings_and_it_is_told(string outcome, long value, string why)
    {
        using RegionTransport transport = Open(new ProbeResult(Enum.Parse<ProbeOutcome>(outcome), value));
        Assert.Equal("region", transport.Doorbell);
        Assert.Contains(why, transport.DoorbellNote, StringComparison.Ordinal);
        Assert.Equal(new FrequencyReply(4), Call(transport, new FrequencyCall(FrequencyOp.SetPState, 4)));
        Assert.Empty(_executed);
        Assert.Equal(3u << 16, _lab.Rung);
    }

    [Fact]
    public void Where_the_host_does_not_observe_the_doorbell_rings_and_it_is_told()
    {
        using RegionLab lab = new();
        using RegionTransport transport = Open(s_refused, lab);
        Assert.Equal("region", transport.Doorbell);
        Assert.Contains("does not observe hypercalls of this VM", transport.DoorbellNote, StringComparison.Ordinal);
        Assert.Empty(_executed);
    }

    [Fact]
    public void Rings_that_nobody_hears_are_rung_again_by_the_doorbell_and_given_up()
    {
        using RegionTransport transport = Open(s_refused);
        int before = _executed.Count;
        _isHeard = false;
        for (int i = 0; i < HypercallRing.MostMissed; i++)
        {
            Assert.Equal("region-hypercall", transport.Doorbell);
            Assert.Equal(new FrequencyReply(i), Call(transport, new FrequencyCall(FrequencyOp.SetPState, i)));
            Assert.Equal(3u << 16, _lab.Rung);
        }

        Assert.Equal(before + HypercallRing.MostMissed, _executed.Count);
        Assert.Equal("region", transport.Doorbell);
        Assert.Contains("brought no answer in time", transport.DoorbellNote, StringComparison.Ordinal);
        Assert.Equal(new FrequencyReply(5), Call(transport, new FrequencyCall(FrequencyOp.SetPState, 5)));
        Assert.Equal(before + HypercallRing.MostMissed, _executed.Count);
    }

    [Fact]
    public void One_that_is_heard_between_forgives_those_before()
    {
        using RegionTransport transport = Open(s_refused);
        for (int i = 0; i < 3 * HypercallRing.MostMissed; i++)
        {
            _isHeard = i % HypercallRing.MostMissed == 0;
            Assert.Equal(new FrequencyReply(i % 5), Call(transport, new FrequencyCall(FrequencyOp.SetPState, i % 5)));
        }

        Assert.Equal("region-hypercall", transport.Doorbell);
    }

    [Fact]
    public void A_post_that_nobody_hears_is_rung_again_by_the_doorbell()
    {
        using RegionTransport transport = Open(s_refused);
        ulong second = TscClock.Frequency.FromMicroseconds(1_000_000), now = TscClock.Now;
        _isHeard = false;
        transport.Look(now);
        transport.Post(new FrequencyCall(FrequencyOp.SetPState, 6), now);
        Assert.Equal(0u, _lab.Rung);
        _lab.Beat();
        transport.Look(now + (second / 5));
        Assert.Equal(3u << 16, _lab.Rung);
        _lab.Serve();
        _lab.Beat();
        Assert.Equal(new FrequencyReply(6), transport.Look(now + (second / 4)).Reply);
    }

    /// <summary>A policy that takes it away, or gives it, reaches a running program by the header.</summary>
    [Fact]
    public void A_new_header_ends_it_and_begins_it()
    {
        using RegionTransport transport = Open(s_refused);
        ulong turn = TscClock.Frequency.FromMicroseconds(20_000), now = TscClock.Now;
        Header(RegionFlags.ControlGranted);
        Assert.Equal("region", transport.Doorbell);
        Assert.NotNull(transport.DoorbellNote);
        Header(Observed);
        Assert.Equal(("region-hypercall", null), (transport.Doorbell, transport.DoorbellNote));
        Assert.Equal(1, _tried);

        void Header(RegionFlags flags)
        {
            _lab[RegionLayout.FlagsField] = (uint)flags;
            _lab.Wide(RegionLayout.NonceField)++;
            for (int i = 0; i < 4; i++)
            {
                now += turn;
                _lab.Beat();
                transport.Look(now);
                _lab.Serve();
            }
        }
    }

    [Theory]
    [InlineData(nameof(ProbeOutcome.Refused), "which may ring too (RegionOptions.RingByHypercall); the doorbell is preferred")]
    [InlineData(nameof(ProbeOutcome.Killed), "it was killed by SIGSEGV: the doorbell rings")]
    public void The_survey_says_which_rings_and_why(string outcome, string says)
    {
        ProbeResult probe = new(Enum.Parse<ProbeOutcome>(outcome), outcome == nameof(ProbeOutcome.Killed) ? LibC.SIGSEGV : -1);
        Assert.Contains(says, RegionSurvey.Run(_lab.Root, cpu: LibC.sched_getcpu(), RegionLab.Cpu(1), () => probe).Why, StringComparison.Ordinal);
    }

    private RegionTransport Open(ProbeResult probe, RegionLab? lab = null)
    {
        lab ??= _lab;
        HypercallAccess access = new(
            () =>
            {
                _tried++;
                return probe;
            },
            (call, sequence) =>
            {
                _executed.Add((call, sequence));
                if (_isHeard)
                {
                    _lab.Serve();
                }
            });
        return lab.Open(options: lab.Options with { RingByHypercall = true, AnswerTimeout = TimeSpan.FromSeconds(10) }, hypercalls: access);
    }

    // A host that hears no hypercall answers what the doorbell rings for.
    private FrequencyReply Call(RegionTransport transport, FrequencyCall call)
    {
        _lab.Rung = 0;
        using CancellationTokenSource done = new();
        Thread host = new(() =>
        {
            while (!done.IsCancellationRequested)
            {
                if (_lab.Rung != 0)
                {
                    _lab.Serve();
                }

                Thread.Yield();
            }
        });
        host.Start();
        FrequencyReply reply = transport.Call(call);
        done.Cancel();
        host.Join();
        return reply;
    }
}
