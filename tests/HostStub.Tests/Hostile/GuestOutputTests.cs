using PollScale.HostStub.Vm;
using Xunit;

namespace PollScale.HostStub.Tests.Hostile;

[Collection(KvmLab.Collection)]
public class GuestOutputTests(KvmLab lab)
{
    [Theory]
    [InlineData("bytes", true)]
    [InlineData("bytes", false)]
    [InlineData("lines", true)]
    public void Output_without_measure_costs_a_bounded_amount(string what, bool withSink)
    {
        long lines = 0, longest = 0;
        using MicroVm vm = lab.Create("print", [what], line: withSink ? Count : null);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        vm.Start();
        Assert.True(vm.Wait(TestMachine.Seconds(30)));
        Assert.Equal("The guest exited with status 0.", vm.Outcome!.Cause);
        Assert.EndsWith("the end\n", vm.Outcome.Output, StringComparison.Ordinal);
        Assert.True(vm.Outcome.Output.Length <= 64 * 1024);
        Assert.True(lines <= 10_001, $"{lines} lines came through");
        Assert.True(longest <= 4096, $"a line of {longest} characters came through");
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 16 << 20);

        void Count(string text)
        {
            lines++;
            longest = Math.Max(longest, text.Length);
        }
    }

    [Fact]
    public void No_control_sequence_reaches_the_line_sink()
    {
        List<string> lines = [];
        using (MicroVm vm = lab.Create("print", ["control"], line: lines.Add))
        {
            vm.Start();
            Assert.True(vm.Wait(TestMachine.Seconds(20)));
        }

        Assert.Contains(lines, l => l.Contains("red", StringComparison.Ordinal));
        Assert.All(lines, l => Assert.DoesNotContain(l, c => char.IsControl(c) && c != '\t'));
        Assert.DoesNotContain(lines, l => l.Contains('\u202e', StringComparison.Ordinal));
    }
}
