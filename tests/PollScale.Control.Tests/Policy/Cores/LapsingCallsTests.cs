using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.Hypercall;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Policy.Cores;

public class LapsingCallsTests
{
    private const ulong Second = (ulong)HostLab.TscHz;
    private readonly HostLab _lab = new();

    [Fact]
    public void A_wish_that_came_by_a_repeating_channel_lapses_after_two_seconds_where_nobody_says_otherwise()
    {
        using HostFrequency host = Start(HostLab.Guest("a", 2));
        VcpuService service = host.ServiceFor("a", 0);
        service.Lapsing.Answer(0, new FrequencyCall(FrequencyOp.Max), Second);
        Assert.True(service.HasLapsingWish);
        host.Tick(3 * Second);
        Assert.Equal(0, _lab.InForce(2));
        host.Tick((3 * Second) + 1);
        Assert.Equal((4, AuditReason.Silent), (_lab.InForce(2), _lab.Audit.Records[^1].Reason));
        Assert.False(service.HasLapsingWish);
    }

    [Fact]
    public void One_that_came_by_another_channel_does_not()
    {
        using HostFrequency host = Start(HostLab.Guest("a", 2));
        VcpuService service = host.ServiceFor("a", 0);
        service.Lapsing.Answer(0, new FrequencyCall(FrequencyOp.Min), Second);
        service.Answer(0, new FrequencyCall(FrequencyOp.Max), Second);
        Assert.False(service.HasLapsingWish);
        host.Tick(100 * Second);
        Assert.Equal(0, _lab.InForce(2));
    }

    [Fact]
    public void What_another_channel_says_keeps_it_no_longer()
    {
        using HostFrequency host = Start(HostLab.Guest("a", 2));
        VcpuService service = host.ServiceFor("a", 0);
        service.Lapsing.Answer(0, new FrequencyCall(FrequencyOp.Max), Second);
        service.Answer(0, new FrequencyCall(FrequencyOp.GetPState), 3 * Second);
        host.Tick((3 * Second) + 1);
        Assert.Equal(4, _lab.InForce(2));
    }

    [Fact]
    public void The_policys_silence_is_for_both()
    {
        using HostFrequency host = Start(HostLab.Guest("a", 2) with { Silence = TimeSpan.FromSeconds(5) });
        VcpuService service = host.ServiceFor("a", 0);
        service.Lapsing.Answer(0, new FrequencyCall(FrequencyOp.Max), Second);
        host.Tick(6 * Second);
        Assert.Equal(0, _lab.InForce(2));
        host.Tick((6 * Second) + 1);
        Assert.Equal(4, _lab.InForce(2));
    }

    private HostFrequency Start(GuestPolicy guest) => _lab.Start(HostLab.Policy(guest) with { DefaultRest = HostLab.Index(4) });
}
