using PollScale.HostStub.Cli;
using PollScale.HostStub.Placement;
using Xunit;

namespace PollScale.HostStub.Tests.Cli;

public class EnvironmentFailureTests
{
    public static TheoryData<Exception, string> Refusals => new()
    {
        { new InsufficientMemoryException(), "too little memory" },
        { new InvalidOperationException("The watching thread failed.", new InsufficientMemoryException()), "too little memory" },
        { new IOException("Too many open files", 24), "ulimit" },
        { new IOException("No space left on device", 28), "Make room" },
        { new IOException("Read-only file system", 30), "Name a folder" },
        { new AggregateException(new InvalidOperationException("a defect"), new InsufficientMemoryException()), "too little memory" },
        { new UnauthorizedAccessException("Access to the path '/x' is denied."), "Check owner and mode" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_the_machine_refuses_is_told_with_what_to_do(Exception failure, string text) =>
        Assert.Contains(text, EnvironmentFailure.Describe(failure), StringComparison.Ordinal);

    [Fact]
    public void Defects_stay_defects() => Assert.All(
        (Exception[])[new InvalidOperationException("x"), new FormatException("x"), new KeyNotFoundException(), new IOException("strange", 5), new AggregateException(new ArgumentException("x"))],
        defect => Assert.Null(EnvironmentFailure.Describe(defect)));

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
