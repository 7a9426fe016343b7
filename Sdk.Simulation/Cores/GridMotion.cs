namespace PollScale.Simulation.Cores;

/// <summary>How the edges of a grid move: not at all, or earlier by a time now and then, or to another period once. Never more than a period lies between two.</summary>
internal readonly record struct GridMotion
{
    /// <summary>By how much edges come earlier after each jump, 0 .. the period; 0 for no jump.</summary>
    public long Jump { get; init; }

    /// <summary>Time between jumps, at least the period.</summary>
    public long Every { get; init; }

    /// <summary>Another period; 0 for none.</summary>
    public long Then { get; init; }

    /// <summary>Time from which it holds.</summary>
    public long From { get; init; }

    /// <summary>The first edge after a time.</summary>
    /// <param name="time">The time.</param>
    /// <param name="phase">An edge, before any motion.</param>
    /// <param name="grid">Time between edges.</param>
    public long EdgeAfter(long time, long phase, long grid)
    {
        if (Then > 0)
        {
            long last = Next(From - 1, phase, grid) - grid;
            return time < last ? Next(time, phase, grid) : Next(time, last, Then);
        }

        if (Jump == 0)
        {
            return Next(time, phase, grid);
        }

        long jumps = time / Every, jump = (jumps + 1) * Every;
        long edge = Next(time, phase - (jumps * Jump), grid);
        return edge < jump ? edge : Math.Max(jump, edge - Jump);
    }

    private static long Next(long time, long phase, long grid)
    {
        long slots = (time - phase) / grid;
        return phase + ((slots + (time < phase && slots * grid != time - phase ? 0 : 1)) * grid);
    }
}
