using PollScale.Governors;
using PollScale.Tests.Shared.Drawing;
using Xunit;

namespace PollScale.Tests.Governors;

/// <summary>Time in us.</summary>
public class ArrivalEnvelopeTests
{
    private const double Ms = 1000, Step = 20, Fastest = 3.4, Ring = 900;

    // Bursts of 200 packets, one each 5 ms.
    [Fact]
    public void After_a_burst_no_other_is_expected_before_its_time()
    {
        (ArrivalEnvelope envelope, double _) = Play(1004 * Ms, ms => ms % 5 == 0 ? 200 : 0);
        double before = Rate(envelope, backlog: 800);
        (envelope, _) = Play(1000.2 * Ms, ms => ms % 5 == 0 ? 200 : 0);
        double after = Rate(envelope, backlog: 800);
        Assert.True(after < before / 2 && before > 0, $"{after} after, {before} before");
    }

    [Fact]
    public void What_was_seen_gets_a_margin_where_a_line_bounds_it_but_never_beyond_the_line()
    {
        (ArrivalEnvelope envelope, double _) = Play(1000 * Ms, ms => ms % 5 == 0 ? 200 : 0);
        double bare = envelope.RateToServe(900, 0, 0, 500, Fastest, Ring, 0, 5), more = Rate(envelope, 900);
        double least = envelope.RateToServe(900, 0, 0, 500, Fastest, Ring, 0, 0.01);
        Assert.True(least < bare && bare < more, $"{least}, {bare}, {more}");
    }

    [Fact]
    public void Traffic_is_tame_until_a_burst_is_a_surprise()
    {
        Assert.False(Play(500 * Ms, _ => 20).Envelope.IsTame);
        Assert.True(Play(1000 * Ms, _ => 20).Envelope.IsTame);
        Assert.False(Play(1000 * Ms, ms => ms == 900 ? 60 : 20).Envelope.IsTame);
        Assert.True(Play(7000 * Ms, ms => ms == 900 ? 60 : 20).Envelope.IsTame);
    }

    // 25 ticks a millisecond, so that horizons are 1 to 64 ticks and the memory 25,000. The same again and again, with one burst of up to twice the most that came.
    [DrawnProperty(200)]
    public void It_says_to_the_bit_what_its_rule_says((byte Ticks, byte Packets, bool Quiet)[] pattern, ushort at, byte burst)
    {
        ArrivalEnvelope envelope = new(25);
        PlainEnvelope plain = new(25);
        double now = 0, arrived = 0;
        for (int i = 0; i < 1500 && pattern.Length > 0; i++)
        {
            (byte ticks, byte packets, bool quiet) = pattern[i % pattern.Length];
            now += ticks % 48;
            arrived += (packets % 64) + (i == 900 + (at % 500) ? Math.Round(plain.Most[^1] * burst / 128) : 0);
            envelope.Observe(now, arrived, quiet && i > 0);
            plain.Observe(now, arrived, quiet && i > 0);
            Assert.Equal(plain.IsTame, envelope.IsTame);
            Assert.Equal(plain.Most, PlainEnvelope.Lengths(25).Skip(1).Select(envelope.Most));
        }
    }

    private static double Rate(ArrivalEnvelope envelope, double backlog) => envelope.RateToServe(backlog, 0, 0, 500, Fastest, Ring, 0, 10);

    // So many packets at the start of each millisecond.
    private static (ArrivalEnvelope Envelope, double Arrived) Play(double time, Func<int, int> packets)
    {
        ArrivalEnvelope envelope = new(Ms);
        double arrived = 0;
        for (double now = Step; now <= time; now += Step)
        {
            arrived += now % Ms == Step ? packets((int)(now / Ms)) : 0;
            envelope.Observe(now, arrived);
        }

        return (envelope, arrived);
    }
}
