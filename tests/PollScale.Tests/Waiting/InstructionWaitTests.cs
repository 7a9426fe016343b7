using PollScale.Clock;
using PollScale.Native;
using PollScale.Tests.Scaling;
using Xunit;

namespace PollScale.Tests.Waiting;

/// <summary>Waits by TPAUSE and UMWAIT, which a simulated CPU has, and by PAUSE where a word is watched.</summary>
public sealed class InstructionWaitTests : IDisposable, IWaitInstruction
{
    private const ulong Wait = 4 * ScalerLab.Period, Cap = 30_000;
    private readonly ScalerLab _lab = new();
    private readonly List<ulong> _pauses = [], _monitors = [];
    private ulong _cap = Cap, _begin, _storeAt = ulong.MaxValue;
    private uint _word = 7;

    private LcoreScalerOptions Options => _lab.Options with { WaitBy = WaitMechanism.Tpause, WaitInstruction = this };

    public void Dispose() => _lab.Dispose();

    void IWaitInstruction.Pause(ulong deadline)
    {
        Assert.InRange(_pauses.Count, 0, 100);
        _pauses.Add(deadline - _begin);
        _lab.Now = Math.Min(deadline, unchecked(_lab.Now + _cap));
    }

    void IWaitInstruction.Monitor(ref readonly uint word, uint seen, ulong deadline)
    {
        Assert.Equal((_word, _word), (word, seen));
        _monitors.Add(deadline - _begin);
        _lab.Now = Math.Min(deadline, unchecked(_lab.Now + _cap));
        Store();
    }

    [Fact]
    public void What_the_system_limit_ends_early_goes_on_to_the_same_deadline()
    {
        using LcoreScaler scaler = Settled(Options);
        Assert.True(scaler.Idle());
        Assert.Equal(Enumerable.Repeat(Wait, (int)((Wait + Cap - 1) / Cap)), _pauses);
        Assert.Equal(_begin + Wait, _lab.Now);
    }

    [Fact]
    public void Without_a_limit_one_instruction_is_the_wait()
    {
        _cap = ulong.MaxValue / 2;
        using LcoreScaler scaler = Settled(Options);
        Assert.True(scaler.Idle());
        Assert.Equal([Wait], _pauses);
        _lab.Pass(scaler);
        Assert.True(scaler.Idle(in _word, 7));
        Assert.Equal((1, 1), (_pauses.Count, _monitors.Count));
    }

    [Fact]
    public void A_clock_that_leaps_back_ends_it()
    {
        using LcoreScaler scaler = Settled(Options);
        _cap = unchecked(0UL - (Wait * 10));
        Assert.True(scaler.Idle());
        Assert.Single(_pauses);
    }

    [Fact]
    public void A_store_ends_it_in_good_time()
    {
        using LcoreScaler scaler = Settled(Options);
        _storeAt = _begin + (2 * Cap);
        Assert.True(scaler.Idle(in _word, 7));
        Assert.Equal([Wait, Wait], _monitors);
        _lab.Pass(scaler);
        Assert.Equal((2 * Cap, 0UL), (_lab.Governor.Last.IdleTicks, _lab.Governor.Last.LateTicks));
    }

    [Fact]
    public void Where_no_store_comes_the_deadline_ends_it()
    {
        using LcoreScaler scaler = Settled(Options);
        Assert.True(scaler.Idle(in _word, 7));
        Assert.Equal((int)((Wait + Cap - 1) / Cap), _monitors.Count);
        Assert.Equal(_begin + Wait, _lab.Now);
    }

    [Theory]
    [InlineData(WaitMechanism.Tpause)]
    [InlineData(WaitMechanism.Pause)]
    [InlineData(WaitMechanism.Sleep)]
    public void Nobody_waits_for_a_word_that_has_changed_already(WaitMechanism mechanism)
    {
        using LcoreScaler scaler = Settled(Options with { WaitBy = mechanism });
        Assert.False(scaler.Idle(in _word, 6));
        Assert.Equal((0UL, 0, _begin), (scaler.Waits, _monitors.Count, _lab.Now));
    }

    [Theory]
    [InlineData(3_000, 3_000)]
    [InlineData(ulong.MaxValue, Wait)]
    public void Pause_watches_a_word_too(ulong storeAfter, ulong waited)
    {
        using LcoreScaler scaler = Settled(Options with { WaitBy = WaitMechanism.Pause, Ticks = Tick });
        (ulong before, _storeAt) = (_lab.Now, storeAfter == ulong.MaxValue ? storeAfter : _lab.Now + storeAfter);
        Assert.True(scaler.Idle(in _word, 7));
        Assert.InRange(_lab.Now - before, waited, waited + 500);
    }

    [Fact]
    public void Whoever_asks_for_it_on_a_CPU_without_it_is_told_at_once()
    {
        Assert.SkipWhen(WaitPackage.IsHere, "This CPU has WAITPKG.");
        PlatformNotSupportedException told = Assert.Throws<PlatformNotSupportedException>(() => new LcoreScaler(_lab.Options with { WaitBy = WaitMechanism.Tpause }));
        Assert.Contains("Wait by sleep, by pause", told.Message, StringComparison.Ordinal);
        Assert.Equal(0UL, _lab.Host.Calls);
    }

    [Fact]
    public void Whether_a_CPU_has_it_is_asked_of_CPUID()
    {
        Assert.Throws<PlatformNotSupportedException>(() => new WaitInstruction((leaf, _) => new CpuidLeaf(7, 0, 0, 0)));
        _ = new WaitInstruction((leaf, _) => new CpuidLeaf(7, 0, 1 << 5, 0));
    }

    private ulong Tick()
    {
        _lab.Now += 100;
        Store();
        return _lab.Now;
    }

    private void Store() => _word = _lab.Now >= _storeAt ? 8u : _word;

    private LcoreScaler Settled(LcoreScalerOptions options)
    {
        LcoreScaler scaler = new(options);
        _lab.Governor.WaitTicks = Wait;
        for (int i = 0; i < 20; i++)
        {
            _lab.Pass(scaler);
        }

        _begin = _lab.Now;
        return scaler;
    }
}
