using System.Globalization;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>What hypercall_guest says of its calls.</summary>
/// <param name="Echoed">Calls that were answered within a second.</param>
/// <param name="Inside">Calls that were answered when the instruction ended.</param>
/// <param name="Result">The last answer.</param>
/// <param name="Rax">What the instruction gave; KVM's own word is -1.</param>
internal sealed record InsideAnswer(int Echoed, int Inside, long Result, long Rax)
{
    /// <summary>How many were answered.</summary>
    public (int Echoed, int Inside) Counts => (Echoed, Inside);

    /// <summary>Of what it printed.</summary>
    /// <param name="result">A job that ran it once.</param>
    /// <param name="calls">The calls that it was to make.</param>
    public static InsideAnswer Of(LabResult result, int calls)
    {
        string line = Assert.Single(result.Output.Split('\n'), line => line.StartsWith("flags ", StringComparison.Ordinal));
        Dictionary<string, long> said = line.Split(", ").Select(part => part.Split(' ')).ToDictionary(part => part[0], part => long.Parse(part[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        Assert.Equal(calls, said["calls"]);
        return new InsideAnswer((int)said["echoed"], (int)said["inside"], said["result"], said["rax"]);
    }
}
