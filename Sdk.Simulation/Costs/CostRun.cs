namespace PollScale.Simulation.Costs;

/// <summary>Varying costs in one run.</summary>
internal sealed class CostRun
{
    private readonly CostProcess[] _processes;

    public CostRun(CostProcess[] processes)
    {
        _processes = processes;
        Weighs = processes.Any(process => process.Weighs);
        FindSteal();
    }

    /// <summary>Whether packets have costs of their own.</summary>
    public bool Weighs { get; }

    /// <summary>Start of the next time in which the core serves nothing; <see cref="long.MaxValue"/> for none.</summary>
    public long NextSteal { get; private set; }

    /// <summary>Factor on the cost of the packet that arrived next.</summary>
    /// <param name="bytes">Length of its frame; 0 where the traffic has none.</param>
    public double Weight(int bytes)
    {
        double weight = 1;
        foreach (CostProcess process in _processes)
        {
            weight *= process.Weight(bytes);
        }

        return weight;
    }

    /// <summary>Factor on the cost of the packets of a poll, their weights apart.</summary>
    public double Factor(long now, int packets)
    {
        double factor = 1;
        foreach (CostProcess process in _processes)
        {
            factor *= process.Factor(now, packets);
        }

        return factor;
    }

    /// <summary>Length of the steal that <see cref="NextSteal"/> begins, and on to the next.</summary>
    public long TakeSteal()
    {
        CostProcess first = _processes.First(process => process.NextSteal == NextSteal);
        long length = first.TakeSteal();
        FindSteal();
        return length;
    }

    private void FindSteal() => NextSteal = _processes.Min(process => process.NextSteal);
}
