using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios;

[Collection(XenMachine.Collection)]
public class DoorbellCalls(XenMachine machine)
{
    [Theory]
    [InlineData("hypercall", 1)]
    [InlineData("port", 2)]
    [InlineData("mmio", 4)]
    public void Every_call_is_answered_as_the_ABI_says(string doorbell, int flag)
    {
        LabResult run = ProbeRun.On(machine, doorbell).Expect();
        string[] lines = run.GuestLines;

        Assert.Contains(lines, l => l.StartsWith($"cpuid 40000101 eax=00000001 ebx={flag:x8} ecx=00005000 edx=00000003", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith($"transport {doorbell}: 21 P-states, allowed 2..17, ", StringComparison.Ordinal));
        string[] calls = [.. lines.Where(l => l.Contains(" -> ", StringComparison.Ordinal) && !l.StartsWith("number ", StringComparison.Ordinal))];
        Assert.All(ProbeRun.ExpectedCalls, expected => Assert.Contains(expected, calls));
        Assert.Contains($"through the {doorbell}:", run.Output, StringComparison.Ordinal);
        Assert.Contains($"registers {doorbell} (trampoline): kept", lines);
        Assert.Contains($"registers {doorbell} (instruction): kept", lines);
        Assert.DoesNotContain(lines, l => l.Contains("CHANGED", StringComparison.Ordinal));
    }

    [Fact]
    public void Numbers_that_are_no_calls_of_ours_are_unknown()
    {
        string[] numbers = [.. ProbeRun.On(machine, "hypercall").Expect().GuestLines.Where(l => l.StartsWith("number ", StringComparison.Ordinal))];

        Assert.True(numbers.Length >= 10, string.Join('\n', numbers));
        Assert.All(numbers, l => Assert.EndsWith("-> UnknownCall (-1000)", l, StringComparison.Ordinal));
    }

    [Fact]
    public void By_itself_the_host_offers_all_three_and_the_guest_takes_the_hypercall()
    {
        string[] lines = ProbeRun.On(machine, "auto").Expect().GuestLines;

        Assert.Contains(lines, l => l.StartsWith("cpuid 40000101 eax=00000001 ebx=00000007 ", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("transport hypercall: ", StringComparison.Ordinal));
    }
}
