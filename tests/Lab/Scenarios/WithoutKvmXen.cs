using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios;

[Collection(StockMachine.Collection)]
public class WithoutKvmXen(StockMachine machine)
{
    [Fact]
    public void The_instruction_is_not_offered_its_probe_is_refused_and_the_guest_takes_the_port()
    {
        string[] lines = ProbeRun.On(machine, "auto").Expect().GuestLines;

        Assert.Contains(lines, l => l.StartsWith("cpuid 40000101 eax=00000001 ebx=00000006 ", StringComparison.Ordinal));
        Assert.Contains("instruction vmmcall: refused, answered -1", lines);
        Assert.Contains(lines, l => l.StartsWith("instruction vmcall: killed by ", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("transport port: ", StringComparison.Ordinal));
        Assert.All(ProbeRun.ExpectedCalls, expected => Assert.Contains(expected, lines));
    }

    [Fact]
    public void Asking_for_the_hypercall_is_refused_with_the_kernel_option_it_needs()
    {
        LabResult run = machine.Run("hoststub run --doorbell hypercall $probe -- probe").Expect(status: 2);

        Assert.Contains("CONFIG_KVM_XEN", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Error, "   at ", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("port")]
    [InlineData("mmio")]
    public void The_other_doorbells_work(string doorbell)
    {
        string[] lines = ProbeRun.On(machine, doorbell).Expect().GuestLines;

        Assert.All(ProbeRun.ExpectedCalls, expected => Assert.Contains(expected, lines));
    }
}
