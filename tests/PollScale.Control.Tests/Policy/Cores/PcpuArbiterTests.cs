using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Cores;
using PollScale.Hypercall;
using Xunit;

namespace PollScale.HostStub.Tests.Policy.Cores;

public class PcpuArbiterTests
{
    [Theory]
    [InlineData(new[] { 3, 1, -1 }, new[] { 0, 0 }, 1)]
    [InlineData(new[] { -1, -1 }, new[] { 4, 2 }, 2)]
    [InlineData(new[] { -1, 3 }, new[] { 0, -1 }, 3)]
    [InlineData(new[] { -1 }, new[] { -1, 4 }, 4)]
    [InlineData(new int[0], new[] { -1, -1 }, PcpuArbiter.Keep)]
    [InlineData(new int[0], new int[0], PcpuArbiter.Keep)]
    public void Wishes_rule_and_without_them_rests(int[] wishes, int[] rests, int target) =>
        Assert.Equal(target, PcpuArbiter.Target([.. wishes.Select(w => new Seat(0) { Wish = w })], rests));

    [Theory]
    [InlineData(0, nameof(AuditReason.SharedPcpu))]
    [InlineData(1, nameof(AuditReason.SiblingFaster))]
    public void Who_is_faster_is_the_reason(int otherPcpu, string reason)
    {
        Seat own = new(0) { Wish = 3 };
        PolicyDecision alone = new(CallVerdict.Granted, AuditReason.None, new FrequencyReply(3), 3);
        PolicyDecision settled = PcpuArbiter.Settle(alone, [own, new Seat(otherPcpu) { Wish = 1 }], own, 1, 1);

        Assert.Equal((CallVerdict.Clamped, Enum.Parse<AuditReason>(reason), 1L), (settled.Result, settled.Reason, settled.Reply.Value));
    }

    [Fact]
    public void The_kernels_own_limit_is_told_from_a_neighbours_wish()
    {
        Seat own = new(0) { Wish = 3 };
        PolicyDecision alone = new(CallVerdict.Granted, AuditReason.None, new FrequencyReply(3), 3);
        PolicyDecision settled = PcpuArbiter.Settle(alone, [own], own, 3, 5);

        Assert.Equal((CallVerdict.Clamped, AuditReason.KernelLimit, 5L), (settled.Result, settled.Reason, settled.Reply.Value));
    }

    [Fact]
    public void The_fastest_wish_rules_whatever_the_order()
    {
        Prop.ForAll<byte[], byte[]>((wishes, rests) =>
        {
            Seat[] seats = [.. wishes.Select((w, i) => new Seat(i % 3) { Wish = (w % 6) - 1 })];
            int[] atRest = [.. rests.Select(r => (r % 6) - 1)];
            int[] wished = [.. seats.Select(s => s.Wish).Where(w => w >= 0)];
            int[] rested = [.. atRest.Where(r => r >= 0)];
            int expected = wished.Length > 0 ? wished.Min() : rested.Length > 0 ? rested.Min() : -1;
            return PcpuArbiter.Target(seats, atRest) == expected
                && PcpuArbiter.Target([.. seats.Reverse()], [.. atRest.Reverse()]) == expected;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }
}
