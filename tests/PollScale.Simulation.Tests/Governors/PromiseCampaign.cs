using System.Diagnostics;
using System.Globalization;
using PollScale.Governors;
using PollScale.Polling;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Running;
using PollScale.Simulation.Tests.Running;
using PollScale.Simulation.Traffic.Adversary;
using PollScale.Simulation.Traffic.Generators;
using Xunit;

namespace PollScale.Simulation.Tests.Governors;

/// <summary>Long searches, for whoever asks for them: <c>PollScale.Simulation.Tests -class '*PromiseCampaign' -explicit only -showliveoutput</c>.</summary>
/// <remarks>POLLSCALE_CAMPAIGN_PAIRS sets how many pairs are tried, POLLSCALE_CAMPAIGN_SEED where settings and searches begin, POLLSCALE_CAMPAIGN_MINUTES after how long it ends, and
/// POLLSCALE_CAMPAIGN_SKIP how many promised settings are passed over, to come to one again.</remarks>
public class PromiseCampaign(ITestOutputHelper output)
{
    private const int PairsEach = 250;
    private const double Within = 0.9;
    private static readonly int[] s_rings = [1024, 2048, 4096, 8192, 16384];
    private static readonly TimeSpan s_tell = TimeSpan.FromSeconds(20);
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private TimeSpan _told;

    /// <summary>No packet lost and none too many too late, in settings drawn at random wherever both are promised.</summary>
    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_many_pairs_none_breaks_a_promise(bool waits)
    {
        int pairs = Number("PAIRS", 100_000), minutes = Number("MINUTES", 60), skip = Number("SKIP", 0), skipped = 0, tried = 0, settings = 0, refused = 0;
        Xoshiro256 random = new((ulong)Number("SEED", 1));
        double worst = 0, late = 0, asleep = 0;
        List<string> broken = [];
        while (tried < pairs && _time.Elapsed.TotalMinutes < minutes)
        {
            PromisedSetting setting = Draw(ref random);
            setting = waits ? setting with { WaitUs = (int)LogUniform(10, 10_000, ref random), WakeUs = random.Below(200) } : setting;
            if (setting.Certificates is not ({ LossFree: true }, { Kept: true }))
            {
                refused++;
                continue;
            }

            ulong seed = random.Next();
            if (skipped++ < skip)
            {
                continue;
            }

            (AdversarialPair pair, double score) = setting.Search(Math.Min(PairsEach, pairs - tried), seed, share => late = Math.Max(late, share), time => asleep += time / (double)TestCores.Ms);
            tried += Math.Min(PairsEach, pairs - tried);
            settings++;
            worst = Math.Max(worst, score);
            if (score >= 1)
            {
                broken.Add(string.Create(CultureInfo.InvariantCulture, $"{setting} (after {skipped - 1}, seed {seed}): {score:f3} by {pair}"));
                output.WriteLine($"Broken: {broken[^1]}");
            }

            Tell($"{tried:N0} of {pairs:N0} pairs, {settings} settings ({refused} refused), worst score {worst:f3}, at most {late:p3} late, {broken.Count} settings broken", tried == pairs);
        }

        output.WriteLine($"{tried} pairs in {settings} settings, {refused} drawn were refused; worst score {worst:f3}, at most {late:p3} late, {asleep:f0} ms asleep.");
        Assert.Equal(waits, asleep > 0);
        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }

    /// <summary>Of the settings refused, those for which an adversary shows the loss or the lateness with a ring or a bound within 10 %: 90 % of them at least.</summary>
    /// <remarks>
    /// Refused is to rest at the slowest P-state. So the governor that is attacked rests there, asks for the fastest as soon as more than a burst waits,
    /// and goes back once nothing does.
    /// </remarks>
    [Fact(Explicit = true)]
    public void Most_of_what_is_refused_is_shown_to_break()
    {
        int pairs = Number("PAIRS", 100_000) / 10, minutes = Number("MINUTES", 60), tried = 0, refused = 0, shown = 0;
        Xoshiro256 random = new((ulong)Number("SEED", 1));
        while (tried < pairs && _time.Elapsed.TotalMinutes < minutes)
        {
            // From half to all of what it would take: beyond that nobody doubts.
            PromisedSetting drawn = Draw(ref random);
            (LossCertificate loss, DelayCertificate delay) = drawn.Certificates;
            double packets = loss.Lambda * drawn.Ring * OptimalAvailableHighWater, share = 0.5 + (0.499 * random.NextDouble());
            bool ring = random.Below(2) == 0;
            if (delay.ShortestBound is not TimeSpan shortest || packets > 60_000)
            {
                continue;
            }

            int descriptors = ring ? (int)(share * packets / OptimalAvailableHighWater) : 65536;
            double boundUs = ring ? 1e6 : share * shortest.TotalMicroseconds;
            refused++;
            bool found = false;
            for (int search = 0; search < 3 && !found; search++)
            {
                found = Breaks(drawn, ring ? (int)(Within * descriptors) : descriptors, ring ? boundUs : Within * boundUs, random.Next(), ref tried);
            }

            shown += found ? 1 : 0;
            if (!found)
            {
                output.WriteLine($"Not shown: {drawn}, {(ring ? $"ring {descriptors}" : $"bound {boundUs:f0} us")}, {share:f3} of what it takes.");
            }

            Tell($"{tried:N0} of {pairs:N0} pairs, {refused} refused, {shown} shown ({shown / (double)refused:p1})", tried >= pairs);
        }

        output.WriteLine($"{refused} settings refused, {shown} shown to break ({shown / (double)refused:p1}), {tried} pairs.");
        Assert.True(shown >= 0.9 * refused, $"{shown} of {refused}");
    }

    private static double OptimalAvailableHighWater => new OptimalAvailableOptions().HighWater;

    private static bool Breaks(PromisedSetting setting, int ring, double boundUs, ulong seed, ref int tried)
    {
        PollLoopOptions options = setting.Options with { RingSize = Math.Max(32, ring), DelayBound = (long)(boundUs * TestCores.Us), Governor = context => new Resting(context) };
        PairSearch search = new()
        {
            Schedules = new AdversarySearch { Rate = OptimalAvailableRuns.Line, Seed = seed, MostQuiet = 10 * TestCores.Ms, MostBurst = 5 * TestCores.Ms, MostPairs = 3 },
            Latency = setting.LatencyUs * TestCores.Us,
            Stall = setting.StallUs * TestCores.Us,
        };
        bool broken = false;
        int count = 0;
        search.Run(
            pair =>
            {
                if (broken)
                {
                    return 0;
                }

                count++;
                int most = 0;
                RunResult run = OptimalAvailableRuns.Meet(
                    options with { Actuator = new StatedActuator(pair.Actuator, setting.LatencyUs * TestCores.Us), Seed = (ulong)count }, pair.Schedule, 1e-8, point => most = Math.Max(most, point.Backlog));
                broken = run.Lost > 0 || run.Delay.OverBound > PromisedSetting.MostLate * run.Offered;
                return most + run.Delay.Max;
            },
            PairsEach);
        tried += count;
        return broken;
    }

    private static PromisedSetting Draw(ref Xoshiro256 random)
    {
        int latencyUs = (int)LogUniform(30, 2000, ref random), stallUs = random.Below(3) == 0 ? random.Below(1 + (latencyUs / 5)) : 0;
        return new PromisedSetting(latencyUs, stallUs, s_rings[random.Below(s_rings.Length)], (int)LogUniform(200, 10_000, ref random));
    }

    private static double LogUniform(double least, double most, ref Xoshiro256 random) => least * Math.Pow(most / least, random.NextDouble());

    private static int Number(string name, int standard) =>
        int.TryParse(Environment.GetEnvironmentVariable($"POLLSCALE_CAMPAIGN_{name}"), CultureInfo.InvariantCulture, out int value) ? value : standard;

    private void Tell(FormattableString text, bool always)
    {
        if (always || _time.Elapsed - _told >= s_tell)
        {
            _told = _time.Elapsed;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_time.Elapsed.TotalSeconds:0} s: {text.ToString(CultureInfo.InvariantCulture)}"));
        }
    }

    private sealed class Resting(GovernorContext context) : IGovernor
    {
        private bool _hastens;

        public ScalingDecision Decide(in QueueSample sample)
        {
            _hastens = sample.Backlog > context.BurstSize || (_hastens && sample.Backlog > 0);
            return new ScalingDecision(_hastens ? context.PStates.FastestAllowed : context.PStates.SlowestAllowed);
        }
    }
}
