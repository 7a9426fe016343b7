using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic;
using Xunit;

namespace PollScale.Simulation.Tests.Traffic;

public class WorkloadsTests
{
    [Fact]
    public void There_are_eleven_workloads_and_two_more() =>
        Assert.Equal(
            ["poisson-30", "poisson-70", "mmpp2", "on-off", "microburst", "square", "self-similar", "diurnal", "cbr-50", "sparse", "adversary", "imix", "step"],
            Workloads.Standard.Select(w => w.Name));

    [Theory]
    [InlineData(0)]
    [InlineData(1_234_567)]
    [InlineData(109_999)]
    public void All_but_microburst_stay_within_the_service_rate(double rate)
    {
        double serviceRate = rate == 0 ? CoreModel.Synthetic.ServiceRate(0) : rate;
        foreach (Workload workload in Workloads.For(serviceRate))
        {
            long[] times = Sequences.Run(workload.Model, 1, 2 * SimTime.Second);
            int most = Sequences.MostIn(times, Sequences.Window);
            Assert.True(workload.IsFeasible == (workload.Name != "microburst"), workload.Name);
            Assert.True(most <= serviceRate * 1e-4 == workload.IsFeasible, $"{workload.Name}: {most} in 100 us");
        }
    }

    [Fact]
    public void Their_names_give_the_same_traffic_again()
    {
        foreach (Workload workload in Workloads.Standard)
        {
            ITrafficModel again = TrafficModels.Parse(workload.Model.Name);
            Assert.Equal(workload.Model, again);
            Assert.Equal(Sequences.Run(workload.Model, 4, SimTime.Millisecond), Sequences.Run(again, 4, SimTime.Millisecond));
        }
    }
}
