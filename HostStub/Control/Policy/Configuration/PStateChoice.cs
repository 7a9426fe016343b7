using PollScale.Hypercall;

namespace PollScale.HostStub.Policy.Configuration;

/// <summary>A P-state as a policy names it; which index that is depends on the pCPU's table.</summary>
/// <param name="Kind">How it is named.</param>
/// <param name="Value">Index, or kHz.</param>
/// <param name="At">Where it is named.</param>
internal readonly record struct PStateChoice(PStateChoiceKind Kind, uint Value, FilePosition At)
{
    /// <summary>The fastest P-state no faster than named; null when the table has none.</summary>
    public int? NoFasterIn(PStateTable table) => Kind switch
    {
        PStateChoiceKind.Index => Value < table.Count ? (int)Value : null,
        PStateChoiceKind.Frequency => Where(table, Value) is int faster && faster < table.Count ? faster : null,
        _ => 0,
    };

    /// <summary>The slowest P-state no slower than named; null when the table has none.</summary>
    public int? NoSlowerIn(PStateTable table) => Kind switch
    {
        PStateChoiceKind.Index => Value < table.Count ? (int)Value : null,
        PStateChoiceKind.Frequency => Where(table, Value - 1) is int slower and > 0 ? slower - 1 : null,
        _ => table.Count - 1,
    };

    /// <summary>As written in a policy.</summary>
    public override string ToString() => Kind switch
    {
        PStateChoiceKind.Frequency => $"{Value / 1000.0:0.###} MHz",
        PStateChoiceKind.Index => $"{Value}",
        _ => "keep",
    };

    // Index of the first P-state at or below a frequency.
    private static int Where(PStateTable table, uint kHz)
    {
        int index = 0;
        while (index < table.Count && table[index] > kHz)
        {
            index++;
        }

        return index;
    }
}
