using PollScale.Simulation.Traffic.Parsing;

namespace PollScale.Simulation.Traffic.Adversary;

/// <summary>The list of a schedule, as text quiet/burst/quiet/burst...</summary>
internal sealed class PairsParameter() : Parameter<AdversarialSchedule>("pairs", "silences and bursts in turn")
{
    private const char Separator = '/';

    public override string Allowed(double reference) =>
        $"quiet/burst/quiet/burst/..., 1..{AdversarialSchedule.MaxPairs} pairs, quiet 0ns..1000s, burst 100ns..1000s ({QuantityText.Units(Quantity.Time, reference)})";

    public override string Format(AdversarialSchedule model) => string.Join(Separator, model.Pairs.Select(p =>
        $"{QuantityText.Format(Quantity.Time, p.Quiet)}{Separator}{QuantityText.Format(Quantity.Time, p.Burst)}"));

    public override AdversarialSchedule Read(AdversarialSchedule model, string text, string kind, double reference)
    {
        string[] times = text.Split(Separator);
        QuietBurst[] pairs = new QuietBurst[times.Length / 2];
        for (int i = 0; i < pairs.Length; i++)
        {
            if (!QuantityText.TryParse(Quantity.Time, times[2 * i], reference, out double quiet)
                || !QuantityText.TryParse(Quantity.Time, times[(2 * i) + 1], reference, out double burst))
            {
                throw Refused(kind, text, reference);
            }

            pairs[i] = new QuietBurst((long)quiet, (long)burst);
        }

        return times.Length % 2 == 0 && AreAllowed(pairs) ? model with { Pairs = pairs } : throw Refused(kind, text, reference);
    }

    public override void Check(AdversarialSchedule model, string kind)
    {
        if (!AreAllowed(model.Pairs))
        {
            throw Refused(kind, model.Pairs.Count == 0 ? "" : Format(model), TrafficDefaults.ReferenceRate);
        }
    }

    private static bool AreAllowed(IReadOnlyList<QuietBurst> pairs) =>
        pairs.Count is >= 1 and <= AdversarialSchedule.MaxPairs
        && pairs.All(p => p.Quiet is >= 0 and <= AdversarialSchedule.MostTime
            && p.Burst is >= AdversarialSchedule.LeastBurst and <= AdversarialSchedule.MostTime);
}
