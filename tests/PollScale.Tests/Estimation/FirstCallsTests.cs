using PollScale.Clock;
using PollScale.Polling;
using PollScale.Tests.Shared.Drawing;
using Xunit;

namespace PollScale.Tests.Estimation;

public class FirstCallsTests
{
    private const ulong Us = 1000;

    [Fact]
    public void A_short_call_says_enough()
    {
        FirstCalls calls = new(new TscFrequency(1_000_000, TscSource.Calibration));
        Assert.True(calls.Wanted);
        Assert.Null(calls.Typical);
        calls.Add(5 * Us);
        Assert.Equal((false, 5 * Us, (ulong?)(5 * Us)), (calls.Wanted, calls.Longest, calls.Typical));
    }

    [DrawnProperty(200)]
    public void Of_three_the_median_is_typical(byte first, byte second, byte third)
    {
        FirstCalls calls = new(new TscFrequency(1_000_000, TscSource.Calibration));
        ulong[] all = [first + (6 * Us), second, third];
        foreach (ulong one in all)
        {
            Assert.True(calls.Wanted);
            calls.Add(one);
        }

        Array.Sort(all);
        Assert.Equal((false, all[2], (ulong?)all[1]), (calls.Wanted, calls.Longest, calls.Typical));
    }
}
