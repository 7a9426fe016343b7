using FsCheck;
using FsCheck.Fluent;
using PollScale.Polling;
using Xunit;

namespace PollScale.Tests.Polling;

public class CostRegressionTests
{
    private static readonly double[] s_prior = [100, 10, 900, 100];

    [Fact]
    public void Four_parts_are_told_apart_once_mixes_and_speeds_varied() => Prop.ForAll<byte, byte, byte>((a, c, d) =>
    {
        double[] truth = [20 + a, 1 + (a ^ c), 300 + (10 * c), 2 * d];
        CostRegression costs = new(s_prior);
        Random random = new(a);
        for (int i = 0; i < 5000; i++)
        {
            Observe(costs, truth, random.Next(1, 300), random.Next(0, 64), i % 2 == 0 ? 0.83 : 2.5);
        }

        costs.Solve();
        double middle = Cost(truth, 20, 40, 1.5), learned = Cost([costs[0], costs[1], costs[2], costs[3]], 20, 40, 1.5);
        return Math.Abs(learned - middle) < 0.005 * middle && Math.Abs(costs[2] - truth[2]) < 0.02 * truth[2];
    }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void What_another_speed_taught_is_not_forgotten()
    {
        double[] truth = [60, 20, 700, 60];
        CostRegression costs = new(s_prior);
        Random random = new(1);
        for (int i = 0; i < 100_000; i++)
        {
            // The fast speed is seen for a moment only, at the beginning.
            Observe(costs, truth, random.Next(1, 300), random.Next(0, 64), i < 200 ? 0.83 : 2.5);
        }

        costs.Solve();
        Assert.Equal(Cost(truth, 1, 32, 0.83), Cost([costs[0], costs[1], costs[2], costs[3]], 1, 32, 0.83), 0.005 * Cost(truth, 1, 32, 0.83));
    }

    [Fact]
    public void A_cost_that_changes_is_followed()
    {
        CostRegression costs = new(s_prior);
        Random random = new(1);
        for (int i = 0; i < 20_000; i++)
        {
            Observe(costs, [60, 20, i < 10_000 ? 700 : 910, 60], random.Next(1, 300), random.Next(0, 64), i % 16 == 0 ? 0.83 : 2.5);
        }

        costs.Solve();
        Assert.Equal(910, costs[2], 20.0);
    }

    [Fact]
    public void Doubt_is_large_where_little_was_seen()
    {
        CostRegression costs = new(s_prior);
        for (int i = 0; i < 1000; i++)
        {
            Observe(costs, [60, 20, 700, 60], 200 + (i % 9), i % 5, 2.5);
        }

        costs.Solve();
        (double constant, double linear, double square) = costs.Uncertainty([0, 1 / 32.0, 0, 1], [1 / 32.0, 0, 1, 0]);
        Assert.True(Variance(2.5) > 0);
        Assert.True(Variance(0.83) / Square(0.83) > 4 * Variance(2.5) / Square(2.5), $"{Variance(0.83)} against {Variance(2.5)}");

        double Variance(double x) => constant + (x * (linear + (x * square)));
        static double Square(double x) => Math.Pow(Cost([60, 20, 700, 60], 1 / 32.0, 1, x), 2);
    }

    [Fact]
    public void Parts_stay_finite_and_not_negative_whatever_comes() => Prop.ForAll<Tuple<byte, byte, double>[]>(samples =>
    {
        CostRegression costs = new(s_prior);
        foreach ((byte polls, byte packets, double took) in samples)
        {
            if (double.IsFinite(took) && Math.Abs(took) is > 1e-3 and < 1e15)
            {
                costs.Observe([polls * 2.5, polls, packets * 2.5, packets], Math.Abs(took), 1000);
            }

            costs.Solve();
        }

        return Enumerable.Range(0, 4).All(i => costs[i] >= 0 && double.IsFinite(costs[i]));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static void Observe(CostRegression costs, double[] truth, double polls, double packets, double x) =>
        costs.Observe([polls * x, polls, packets * x, packets], Cost(truth, polls, packets, x), Cost(truth, polls, packets, x));

    private static double Cost(double[] parts, double polls, double packets, double x) =>
        (polls * ((parts[0] * x) + parts[1])) + (packets * ((parts[2] * x) + parts[3]));
}
