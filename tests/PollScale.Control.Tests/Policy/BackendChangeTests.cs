using System.Text;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.HostStub.PolicyFile;
using PollScale.Hypercall;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Policy;

/// <summary>Backends whose P-states, bounds or control change while a policy is in force.</summary>
public class BackendChangeTests
{
    private const double TscHz = 1e9;
    private static readonly uint[] s_kHz = [3_000_000, 2_000_000, 1_000_000];
    private static readonly FrequencyCall s_max = new(FrequencyOp.Max), s_min = new(FrequencyOp.Min);

    [Fact]
    public void An_equal_wish_asks_the_backend()
    {
        (HostFrequency host, ScriptedBackend backend, _) = Make(new PStateTable(s_kHz, 0, 2, 1));
        VcpuService service = host.ServiceFor("a", 0);
        Assert.Equal(new FrequencyReply(0L), service.Answer(0, s_max, 0));
        int sets = backend.Sets;
        Assert.Equal(new FrequencyReply(0L), service.Answer(0, s_max, 1));
        Assert.Equal(sets + 1, backend.Sets);
        backend.Fails = true;
        Assert.Equal(FrequencyStatus.BackendFailed, service.Answer(0, s_max, 2).Status);
    }

    [Fact]
    public void Ticks_ask_nothing_of_a_backend_that_has_it_or_is_lost()
    {
        (HostFrequency host, ScriptedBackend backend, _) = Make(new PStateTable(s_kHz, 0, 2, 1));
        host.ServiceFor("a", 0).Answer(0, s_min, 0);
        int sets = backend.Sets;
        host.Tick(1);
        backend.TrySet(0, 2);
        backend.IsLost = true;
        host.Tick(2);
        Assert.Equal(sets + 1, backend.Sets);
        backend.IsLost = false;
        host.Tick(3);
        Assert.Equal(2, backend.Requested);
    }

    [Fact]
    public void Bounds_that_rise_reach_the_guest_and_its_wish_stays()
    {
        (HostFrequency host, ScriptedBackend backend, _) = Make(new PStateTable(s_kHz, 1, 2, 1));
        VcpuService service = host.ServiceFor("a", 0);
        Assert.Equal(new FrequencyReply(1L), service.Answer(0, s_max, 0));
        service.Answer(0, s_min, 0);

        backend.PStates = new PStateTable(s_kHz, 0, 2, 1);
        host.Tick((ulong)TscHz);

        Assert.Equal((0, 2), (service.PStates.FastestAllowed, service.Wish));
        Assert.Equal(new FrequencyReply(0L), service.Answer(0, s_max, (ulong)TscHz));
    }

    [Fact]
    public void Another_table_takes_the_wish_and_until_then_nothing_is_set_by_the_old_numbers()
    {
        (HostFrequency host, ScriptedBackend backend, _) = Make(new PStateTable(s_kHz, 0, 2, 1));
        VcpuService service = host.ServiceFor("a", 0);
        service.Answer(0, s_min, 0);
        int sets = backend.Sets;

        backend.PStates = new PStateTable([2_500_000, 1_500_000], 0, 1, 1);
        Assert.Equal(FrequencyStatus.BackendFailed, service.Answer(0, s_min, 1).Status);
        Assert.Equal(sets, backend.Sets);
        host.Tick((ulong)TscHz);

        Assert.Null(service.Wish);
        Assert.Equal(new FrequencyReply(1L), service.Answer(0, s_min, (ulong)TscHz));
        Assert.Equal(2, service.PStates.Count);
    }

    [Fact]
    public void A_table_that_the_policy_does_not_fit_is_told_once()
    {
        (HostFrequency host, ScriptedBackend backend, List<string> notices) = Make(new PStateTable(s_kHz, 0, 2, 1), ", fastest: 3GHz, slowest: 2.5GHz");
        backend.PStates = new PStateTable([1_500_000, 1_000_000], 0, 1, 1);
        for (int second = 1; second < 5; second++)
        {
            host.Tick((ulong)(second * TscHz));
        }

        Assert.Contains("does not fit", Assert.Single(notices));
        Assert.Equal(FrequencyStatus.BackendFailed, host.ServiceFor("a", 0).Answer(0, s_max, (ulong)(6 * TscHz)).Status);
    }

    [Fact]
    public void A_reload_renews_the_backends()
    {
        (HostFrequency host, ScriptedBackend backend, _) = Make(new PStateTable(s_kHz, 0, 2, 1));
        host.Update(host.Policy, 1);
        Assert.Equal(1, backend.Renewals);
    }

    private static (HostFrequency Host, ScriptedBackend Backend, List<string> Notices) Make(PStateTable table, string bounds = "")
    {
        ScriptedBackend backend = new(table);
        List<string> notices = [];
        HostPolicy policy = PolicyReader.Parse(Encoding.UTF8.GetBytes($"version: 1\nguests:\n  - {{name: a, control: true{bounds}, vcpus: [{{vcpu: 0, pcpu: 0}}]}}\n"), "policy.yaml");
        return (new HostFrequency(policy, new HostFrequencyOptions { Open = _ => backend, TscHz = TscHz, Log = new LineLogger(notices.Add) }, 0), backend, notices);
    }
}
