using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios;

[Collection(XenMachine.Collection)]
public class WrongVendor(XenMachine machine)
{
    [Fact]
    public void The_other_vendors_instruction_kills_the_probes_child_and_nothing_else()
    {
        string[] lines = ProbeRun.On(machine, "hypercall").Expect().GuestLines;

        Assert.Contains("instruction of this CPU: vmmcall", lines);
        Assert.Contains(lines, l => l.StartsWith("instruction vmmcall: usable", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("instruction vmcall: killed by ", StringComparison.Ordinal));
        Assert.Contains("GetPState 0 -> 2", lines);
    }
}
