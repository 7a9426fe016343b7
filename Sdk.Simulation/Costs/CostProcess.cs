namespace PollScale.Simulation.Costs;

/// <summary>A <see cref="CostTerm"/> in one run. Times never fall from call to call.</summary>
internal abstract class CostProcess
{
    /// <summary>Whether <see cref="Weight"/> says anything.</summary>
    public virtual bool Weighs => false;

    /// <summary>Start of the next time in which the core serves nothing; <see cref="long.MaxValue"/> for none.</summary>
    public virtual long NextSteal => long.MaxValue;

    /// <summary>Factor on the cost of the packet that arrived next.</summary>
    /// <param name="bytes">Length of its frame; 0 where the traffic has none.</param>
    public virtual double Weight(int bytes) => 1;

    /// <summary>Factor on the cost of the packets of a poll.</summary>
    /// <param name="now">When it begins.</param>
    /// <param name="packets">Packets that it returns, 1 or more.</param>
    public virtual double Factor(long now, int packets) => 1;

    /// <summary>Length of the steal that <see cref="NextSteal"/> begins, and on to the next.</summary>
    public virtual long TakeSteal() => 0;
}
