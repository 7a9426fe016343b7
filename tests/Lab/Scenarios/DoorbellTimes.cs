using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios;

[Collection(XenMachine.Collection)]
public class DoorbellTimes(XenMachine machine)
{
    /// <summary>A measurement, not a test: run it alone, with -explicit only.</summary>
    [Fact(Explicit = true)]
    public void Show_the_round_trips_of_the_doorbells()
    {
        string[] lines = machine.Run(
            "for round in 1 2 3; do for d in hypercall port mmio; do hoststub run --doorbell $d --budget 1000000/1000000 $probe -- bench-calls 2000; done; done", 150).Expect().GuestLines;

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', lines));
        Assert.Equal(9, lines.Count(l => l.StartsWith("bench-calls ", StringComparison.Ordinal)));
    }
}
