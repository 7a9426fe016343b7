using PollScale.Polling;

namespace PollScale.Governors;

/// <summary>Samples in which nothing happened: they are learned from together.</summary>
internal struct QuietBatch
{
    /// <summary>As many as are gathered at most.</summary>
    public const int Most = 16;

    private double _from, _served, _known;
    private ulong _polls, _full;
    private int _samples;

    /// <summary>There are none.</summary>
    public readonly bool IsEmpty => _samples == 0;

    /// <summary>Adds one.</summary>
    /// <returns>True when there are enough.</returns>
    public bool Add(in QueueSample sample)
    {
        _polls += sample.Polls;
        _full += sample.FullPolls;
        return ++_samples >= Most;
    }

    /// <summary>Begins anew.</summary>
    /// <param name="now">Ticks.</param>
    /// <param name="served">Packets served by now.</param>
    /// <param name="known">Packets known to have arrived by now.</param>
    public void Begin(double now, double served, double known) => (_from, _served, _known, _polls, _full, _samples) = (now, served, known, 0, 0, 0);

    /// <summary>What was gathered until a time: as samples that cost something, as one sample, and what arrived.</summary>
    public readonly (CostBatch Costs, QueueSample Sample, double Arrived) Until(double now, double served, double known)
    {
        double ticks = now - _from, received = served - _served;
        QueueSample sample = new() { ElapsedTicks = (ulong)ticks, Received = (uint)received, Polls = (uint)_polls, FullPolls = (uint)_full };
        return (new CostBatch(ticks, _polls, received, _samples), sample, Math.Max(0, known - _known));
    }
}
