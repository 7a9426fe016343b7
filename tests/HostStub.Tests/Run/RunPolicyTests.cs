using PollScale.Clock;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Policy;
using PollScale.HostStub.PolicyFile;
using PollScale.HostStub.Run;
using PollScale.Hypercall;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Run;

public sealed class RunPolicyTests : IDisposable
{
    private const string Good = "version: 1\nguests:\n  - {name: a, control: true, fastest: 2, budget: {calls-per-second: 100000000, burst: 1000}, vcpus: [{vcpu: 0, pcpu: 1}]}\n";

    private readonly TemporaryTree _tree = new();
    private readonly List<string> _notices = [];
    private readonly PStateModel _model = PStateFile.Default();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void The_guests_bounds_hold_and_a_reload_changes_them()
    {
        string path = _tree.Write("policy.yaml", Good), audit = Path.Combine(_tree.Root, "audit.jsonl");
        using (RunPolicy policy = Start(path, audit))
        {
            Assert.Equal(2, Max(policy).Value);
            _tree.Write("policy.yaml", Good.Replace("fastest: 2", "fastest: 1", StringComparison.Ordinal));
            policy.Reload();
            Assert.Equal(1, Max(policy).Value);
            Assert.Equal($"The policy {path} is in force.", _notices.Single());
        }

        Assert.Contains("\"asked\":\"max\",\"argument\":0,\"decided\":\"clamped\",\"reason\":\"bound_fastest\",\"p_state\":2,\"khz\":2800000", File.ReadAllText(audit));
    }

    [Theory]
    [InlineData("version: 1\nguest: []\n", "policy.yaml:2:1: unknown key guest")]
    [InlineData("version: 1\nguests:\n  - {name: a, control: true, fastest: 1, vcpus: [{vcpu: 0, pcpu: 7}]}\n", "vCPU 0 stays on pCPU 1 for the length of this run, not 7")]
    [InlineData("version: 1\nguests:\n  - {name: a, control: true, fastest: 60}\n", "pCPU 1 has no P-state for fastest: 60")]
    public void A_new_file_that_cannot_be_used_keeps_the_old_one(string yaml, string why)
    {
        using RunPolicy policy = Start(_tree.Write("policy.yaml", Good), null);
        _tree.Write("policy.yaml", yaml);
        policy.Reload();

        Assert.StartsWith("The new policy cannot be used, the old one stays in force:", _notices.Single());
        Assert.Contains(why, _notices.Single());
        Assert.Equal(2, Max(policy).Value);
    }

    [Fact]
    public void A_guest_no_longer_named_has_no_rights()
    {
        using RunPolicy policy = Start(_tree.Write("policy.yaml", Good), null);
        _tree.Write("policy.yaml", "version: 1\n");
        policy.Reload();

        Assert.Equal(FrequencyStatus.Denied, Max(policy).Status);
        Assert.EndsWith("it no longer has a guest named a.", _notices.Single());
    }

    [Fact]
    public void A_reload_may_run_beside_the_run()
    {
        string path = _tree.Write("policy.yaml", Good);
        using RunPolicy policy = Start(path, null);
        _tree.Write("policy.yaml", Good.Replace("fastest: 2", "fastest: 3", StringComparison.Ordinal));
        policy.BeginReload();

        Assert.True(SpinWait.SpinUntil(() => Max(policy).Value == 3, TimeSpan.FromSeconds(20)));
    }

    private static FrequencyReply Max(RunPolicy policy) => policy.Service.Answer(FrequencyPolicy.LcoreVcpu, new FrequencyCall(FrequencyOp.Max), TscClock.Now);

    private RunPolicy Start(string path, string? audit)
    {
        RunOptions options = new() { Guest = "guest.elf", PStates = _model, HostPolicy = PolicyReader.Load(path), PolicyFile = path, As = "a", Audit = audit };
        return new RunPolicy(options, 1, new SimulatedBackend(_model, 1e9, 0), TscClock.FrequencyKHz * 1000.0, new LineLogger(_notices.Add));
    }
}
