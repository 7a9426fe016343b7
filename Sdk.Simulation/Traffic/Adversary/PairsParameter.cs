using PollScale.Notation;

namespace PollScale.Simulation.Traffic.Adversary;

/// <summary>The list of a schedule, as text quiet/burst/quiet/burst...</summary>
internal sealed class PairsParameter() : Setting<AdversarialSchedule>("pairs", "silences and bursts in turn")
{
    private const char Separator = '/';

    public override string Range(double reference) =>
        $"quiet/burst/quiet/burst/..., 1 .. {AdversarialSchedule.MaxPairs} pairs, quiet 0 .. 1000s, burst 100ns .. 1000s";

    public override string Show(AdversarialSchedule owner, double reference) =>
        string.Join(Separator, owner.Pairs.Select(p => $"{TimeText.Format(p.Quiet)}{Separator}{TimeText.Format(p.Burst)}"));

    public override bool TryRead(AdversarialSchedule owner, string text, double reference, out AdversarialSchedule changed)
    {
        changed = owner;
        string[] times = text.Split(Separator);
        QuietBurst[] pairs = new QuietBurst[times.Length / 2];
        for (int i = 0; i < pairs.Length; i++)
        {
            if (!TimeText.TryRead(times[2 * i], out long quiet) || !TimeText.TryRead(times[(2 * i) + 1], out long burst))
            {
                return false;
            }

            pairs[i] = new QuietBurst(quiet, burst);
        }

        changed = owner with { Pairs = pairs };
        return times.Length % 2 == 0 && Holds(changed);
    }

    public override bool Holds(AdversarialSchedule owner) =>
        owner.Pairs.Count is >= 1 and <= AdversarialSchedule.MaxPairs
        && owner.Pairs.All(p => p.Quiet is >= 0 and <= AdversarialSchedule.MostTime
            && p.Burst is >= AdversarialSchedule.LeastBurst and <= AdversarialSchedule.MostTime);
}
