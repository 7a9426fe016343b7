namespace PollScale.HostStub.Bench.Paths;

/// <summary>What became of the bursts of one label.</summary>
/// <param name="label">The label.</param>
internal sealed class BurstTimes(string label)
{
    private readonly List<ulong> _ticks = [];

    /// <summary>The label.</summary>
    public string Label { get; } = label;

    /// <summary>Bursts after which the fastest P-state came.</summary>
    public int Answered => _ticks.Count;

    /// <summary>Bursts without a figure: no fastest P-state came before the next, or it was in force when they came.</summary>
    public int Unanswered { get; set; }

    /// <summary>Takes the time of one in, TSC ticks.</summary>
    public void Add(ulong ticks) => _ticks.Add(ticks);

    /// <summary>The time that a share of the answered bursts does not exceed: the least with at least that share at or below it.</summary>
    /// <param name="share">Above 0, at most 1.</param>
    /// <returns>TSC ticks; null without a burst.</returns>
    public ulong? Percentile(double share) => _ticks.Count == 0 ? null : _ticks.Order().ElementAt((int)Math.Ceiling(share * _ticks.Count) - 1);
}
