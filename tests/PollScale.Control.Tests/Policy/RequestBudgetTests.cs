using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Policy;
using Xunit;

namespace PollScale.HostStub.Tests.Policy;

public class RequestBudgetTests
{
    [Fact]
    public void A_full_bucket_lets_the_burst_through_and_no_more()
    {
        RequestBudget budget = new(1000, 5, 1e9);
        int paid = Enumerable.Range(0, 100).Count(_ => budget.TryPay(7));

        Assert.Equal(5, paid);
        Assert.False(budget.TryPay(7 + 999_999));
        Assert.True(budget.TryPay(7 + 1_000_000));
        Assert.False(budget.TryPay(7 + 1_000_000));
    }

    [Fact]
    public void A_caller_at_the_average_rate_is_never_refused()
    {
        RequestBudget budget = new(1000, 1, 1e9);

        Assert.All(Enumerable.Range(0, 1000), i => Assert.True(budget.TryPay((ulong)i * 1_000_000)));
    }

    [Fact]
    public void Over_any_window_no_more_than_burst_plus_rate_gets_through()
    {
        Prop.ForAll<uint[], ushort, byte>((gaps, rate, burstByte) =>
        {
            int burst = 1 + (burstByte % 20);
            RequestBudget budget = new(1 + rate, burst, 1e9);
            List<ulong> paid = [];
            ulong tsc = 1;
            foreach (uint gap in gaps.Concat(gaps).Concat(gaps))
            {
                tsc += gap % 5 == 0 ? 0 : gap % (2 * (uint)budget.TicksPerCall);
                if (budget.TryPay(tsc))
                {
                    paid.Add(tsc);
                }
            }

            for (int first = 0; first < paid.Count; first++)
            {
                for (int last = first; last < paid.Count; last++)
                {
                    ulong allowed = (ulong)burst + ((paid[last] - paid[first]) / budget.TicksPerCall);
                    Assert.True((ulong)(last - first + 1) <= allowed);
                }
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Any_time_stamps_even_backwards_never_throw_nor_refill()
    {
        Prop.ForAll<ulong[]>(stamps =>
        {
            RequestBudget budget = new(1, 2, 1e9);
            ulong highest = 0;
            int paid = 0;
            foreach (ulong stamp in stamps)
            {
                highest = Math.Max(highest, stamp);
                paid += budget.TryPay(stamp) ? 1 : 0;
            }

            return (ulong)paid <= 2 + (highest / 1_000_000_000);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_end_of_time_does_not_wrap_to_a_full_bucket()
    {
        RequestBudget budget = new(1, 1, 1e9);
        Assert.False(budget.TryPay(ulong.MaxValue));
        Assert.True(budget.TryPay(ulong.MaxValue - 2_000_000_000));
        Assert.False(budget.TryPay(ulong.MaxValue - 2_000_000_000));
    }
}
