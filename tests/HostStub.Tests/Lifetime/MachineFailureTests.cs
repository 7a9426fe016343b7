using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Placement;
using Xunit;

namespace PollScale.HostStub.Tests.Lifetime;

public class MachineFailureTests
{
    public static TheoryData<Exception, string> Refusals => new()
    {
        { new InsufficientMemoryException(), "no more memory" },
        { new InvalidOperationException("The watching thread failed.", new InsufficientMemoryException()), "no more memory" },
        { new IOException("Too many open files", 24), "ulimit" },
        { new IOException("No space left on device", 28), "disk is full" },
        { new AggregateException(new InvalidOperationException("a defect"), new InsufficientMemoryException()), "no more memory" },
        { new UnauthorizedAccessException("Access to the path '/x' is denied."), "is denied." },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_the_machine_refuses_is_told_with_what_to_do(Exception failure, string text) =>
        Assert.Contains(text, MachineFailure.Describe(failure), StringComparison.Ordinal);

    [Fact]
    public void Defects_stay_defects() => Assert.All(
        (Exception[])[new InvalidOperationException("x"), new FormatException("x"), new KeyNotFoundException(), new AggregateException(new ArgumentException("x"))],
        defect => Assert.Null(MachineFailure.Describe(defect)));

    [Fact]
    public void A_second_guest_on_a_cpu_is_noticed_until_the_first_has_gone()
    {
        const int Cpu = 1_000_003; // no run has it
        using (CpuClaim first = CpuClaim.Take(Cpu))
        using (CpuClaim second = CpuClaim.Take(Cpu))
        {
            Assert.Equal((false, true), (first.IsShared, second.IsShared));
        }

        using CpuClaim third = CpuClaim.Take(Cpu);
        Assert.False(third.IsShared);
    }
}
