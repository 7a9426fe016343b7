using System.Globalization;
using PollScale.Lab.Image;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>What hypercall_guest says.</summary>
/// <param name="Flags">Of the page's header.</param>
/// <param name="Calls">Requests.</param>
/// <param name="Echoed">Those that were answered within a second.</param>
/// <param name="Prompt">Those that were answered within 100 ms.</param>
/// <param name="Denied">Those that were answered EPERM.</param>
/// <param name="Result">The last answer.</param>
/// <param name="Rax">What the last instruction left in rax.</param>
/// <param name="Inside">Those that were answered when the instruction ended.</param>
/// <param name="Other">Those that had another answer than what they asked for.</param>
internal sealed record HypercallAnswers(uint Flags, int Calls, int Echoed, int Prompt, int Denied, int Result, int Rax, int Inside, int Other)
{
    /// <summary>How many were answered at all, and within the instruction.</summary>
    public (int Echoed, int Inside) Counts => (Echoed, Inside);

    /// <summary>As <see cref="Counts"/>, with the last answer, and what stood in rax beside it.</summary>
    public (int Echoed, int Inside, int Result, int Rax) Within => (Echoed, Inside, Result, Rax);

    /// <summary>Has a process of VM f ask; its wish lapses 2 s after the last call.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="vcpu">Where the process runs.</param>
    /// <param name="slot">Whose slot it writes to.</param>
    /// <param name="pState">What it asks for.</param>
    /// <param name="count">Calls.</param>
    public static HypercallAnswers Call(LinuxHost host, int vcpu, int slot, int pState, int count) => Of(host.Job($"call {vcpu} {slot} {pState} {count}", 120));

    /// <summary>As <see cref="Call"/>; meanwhile each pCPU must be seen at the P-state named.</summary>
    public static HypercallAnswers CallSeen(LinuxHost host, int vcpu, int pState, int count, params int[] pStates) =>
        Of(host.Job($"call_seen {vcpu} {vcpu} {pState} {count} {string.Join(' ', pStates.Select(p => PStateSsdt.KHz[p]))}", 120));

    /// <summary>Reads its line.</summary>
    public static HypercallAnswers Of(LabResult result)
    {
        string line = Assert.Single(result.Output.Split('\n'), line => line.StartsWith("flags ", StringComparison.Ordinal));
        Dictionary<string, long> said = line.Split(", ").Select(part => part.Split(' ')).ToDictionary(part => part[0], part => long.Parse(part[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        return new HypercallAnswers((uint)said["flags"], (int)said["calls"], (int)said["echoed"], (int)said["prompt"], (int)said["denied"], (int)said["result"], (int)said["rax"], (int)said["inside"], (int)said["other"]);
    }
}
