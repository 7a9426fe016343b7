using PollScale.Simulation.Traffic.Generators;

namespace PollScale.Simulation.Traffic.Adversary;

/// <summary>Draws schedules within a search's bounds, and changes them a little.</summary>
internal sealed class ScheduleMutator(AdversarySearch bounds, Xoshiro256 random)
{
    // Sizes of a change to a time, as sigma of its logarithm: some grope, some refine.
    private static readonly double[] s_steps = [0.02, 0.1, 0.4];

    private Xoshiro256 _random = random;

    /// <summary>A random schedule: times are log-uniform, since a governor's times span decades.</summary>
    public AdversarialSchedule Draw()
    {
        QuietBurst[] pairs = new QuietBurst[1 + _random.Below(bounds.MostPairs)];
        for (int i = 0; i < pairs.Length; i++)
        {
            pairs[i] = DrawPair();
        }

        return Make(pairs);
    }

    /// <summary>A neighbour of a schedule.</summary>
    public AdversarialSchedule Mutate(AdversarialSchedule schedule)
    {
        List<QuietBurst> pairs = [.. schedule.Pairs];
        int at = _random.Below(pairs.Count);
        switch (_random.Below(8))
        {
            case 0 when pairs.Count < bounds.MostPairs:
                pairs.Insert(at, DrawPair());
                break;
            case 1 when pairs.Count > 1:
                pairs.RemoveAt(at);
                break;
            case 2:
                pairs[at] = DrawPair();
                break;
            case 3:
                // What hurts once may hurt again.
                pairs[at] = pairs[_random.Below(pairs.Count)];
                break;
            default:
                pairs[at] = _random.Below(2) == 0
                    ? pairs[at] with { Quiet = Shift(pairs[at].Quiet, bounds.LeastQuiet, bounds.MostQuiet) }
                    : pairs[at] with { Burst = Shift(pairs[at].Burst, bounds.LeastBurst, bounds.MostBurst) };
                break;
        }

        return Make([.. pairs]);
    }

    private AdversarialSchedule Make(QuietBurst[] pairs) =>
        new() { Rate = bounds.Rate, Line = Math.Max(bounds.Rate, TrafficDefaults.LineRate), Pairs = pairs };

    private QuietBurst DrawPair() => new(DrawTime(bounds.LeastQuiet, bounds.MostQuiet), DrawTime(bounds.LeastBurst, bounds.MostBurst));

    private long DrawTime(long least, long most) =>
        Math.Clamp((long)(least * Math.Pow((double)most / least, _random.NextDouble())), least, most);

    private long Shift(long time, long least, long most) =>
        (long)Math.Clamp(time * Math.Exp(s_steps[_random.Below(s_steps.Length)] * Lognormal.Normal(ref _random)), least, most);
}
