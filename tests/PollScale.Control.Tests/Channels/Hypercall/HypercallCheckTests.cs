using PollScale.HostStub.Channels.Hypercall;
using PollScale.Tests.Shared.Drawing;
using Xunit;

namespace PollScale.HostStub.Tests.Channels.Hypercall;

public class HypercallCheckTests
{
    private const int Thread = 100, Cpu = 3;
    private const uint InSlot = 1000;

    [Theory]
    [InlineData(Thread, Cpu, 1000, nameof(HypercallVerdict.Rings))]
    [InlineData(Thread + 1, Cpu, 1000, nameof(HypercallVerdict.WrongThread))]
    [InlineData(Thread, Cpu + 1, 1000, nameof(HypercallVerdict.WrongCpu))]
    [InlineData(Thread, -1, 1000, nameof(HypercallVerdict.WrongCpu))]
    [InlineData(Thread, Cpu, 1001, nameof(HypercallVerdict.WrongSlot))]
    [InlineData(Thread, Cpu, 0, nameof(HypercallVerdict.Overtaken))]
    [InlineData(Thread, Cpu, 1000 | (1L << 32), nameof(HypercallVerdict.WrongSlot))]
    [InlineData(Thread, Cpu, -1, nameof(HypercallVerdict.WrongSlot))]
    [InlineData(Thread, Cpu, 999, nameof(HypercallVerdict.Overtaken))]
    [InlineData(Thread, Cpu, 1000 - HypercallCheck.MostOvertaken, nameof(HypercallVerdict.Overtaken))]
    [InlineData(Thread, Cpu, 999 - HypercallCheck.MostOvertaken, nameof(HypercallVerdict.WrongSlot))]
    [InlineData(Thread, Cpu, 999 | (1L << 32), nameof(HypercallVerdict.WrongSlot))]
    [InlineData(Thread, Cpu + 1, 1001, nameof(HypercallVerdict.WrongSlot))]
    [InlineData(Thread + 1, Cpu + 1, 1001, nameof(HypercallVerdict.WrongThread))]
    public void A_ring_is_its_vCPUs_own_only_with_thread_slot_and_CPU(int thread, int cpu, long sequence, string verdict) =>
        Assert.Equal(verdict, HypercallCheck.Judge(thread, cpu, (ulong)sequence, Thread, Cpu, InSlot).ToString());

    [Theory]
    [InlineData(uint.MaxValue, nameof(HypercallVerdict.Overtaken))] // the number before 1
    [InlineData(1, nameof(HypercallVerdict.Rings))]
    [InlineData(2, nameof(HypercallVerdict.WrongSlot))]
    public void Numbers_go_round(uint sequence, string verdict) => Assert.Equal(verdict, HypercallCheck.Judge(Thread, Cpu, sequence, Thread, Cpu, inSlot: 1).ToString());

    [Theory]
    [InlineData(0, nameof(HypercallVerdict.Overtaken))] // a probe
    [InlineData(7, nameof(HypercallVerdict.WrongSlot))]
    [InlineData(uint.MaxValue, nameof(HypercallVerdict.WrongSlot))]
    public void A_slot_without_a_request_is_rung_by_nothing(uint sequence, string verdict) =>
        Assert.Equal(verdict, HypercallCheck.Judge(Thread, Cpu, sequence, Thread, Cpu, inSlot: 0).ToString());

    [DrawnProperty(500)]
    public bool Nothing_rings_but_what_agrees_in_all_three(int thread, int cpu, ulong sequence, uint inSlot) =>
        HypercallCheck.Judge(thread, cpu, sequence, Thread, Cpu, inSlot) == HypercallVerdict.Rings == (thread == Thread && cpu == Cpu && sequence == inSlot && inSlot != 0);
}
