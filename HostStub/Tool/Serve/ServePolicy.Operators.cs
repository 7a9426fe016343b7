using PollScale.Clock;
using PollScale.HostStub.Audit;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.HostStub.Policy.Patience;
using PollScale.HostStub.PolicyFile;
using PollScale.HostStub.Serve.Operators;

namespace PollScale.HostStub.Serve;

/// <content>What an operator holds vCPUs to, within the policy file. It is of this run: a reload and the end forget it.</content>
internal sealed partial class ServePolicy
{
    private static readonly TimeSpan s_withdrawPatience = TimeSpan.FromSeconds(1);
    private IReadOnlyDictionary<(string Guest, int Vcpu), OperatorBounds> _operators = NoOperators; // of the keeper's thread

    private static IReadOnlyDictionary<(string Guest, int Vcpu), OperatorBounds> NoOperators { get; } = new Dictionary<(string Guest, int Vcpu), OperatorBounds>();

    /// <inheritdoc/>
    public OperatorOutcome Set(OperatorChange change, Servers servers)
    {
        string named = change.Request.Guest ?? "";
        OperatorTarget? target = OperatorTarget.Find(_host.Policy, named);
        OperatorOutcome outcome;
        try
        {
            outcome = target is null ? OperatorOutcome.Refused($"The policy names no guest {named}, nor a vCPU of it so: NAME, or NAME/VCPU.") : Set(target, change, servers);
        }
        catch (Exception e) when (e is PolicyException or ChannelException)
        {
            outcome = OperatorOutcome.Refused(e.Message);
        }

        _audit?.Note(new OperatorAct
        {
            User = change.Peer.User,
            Process = change.Peer.Process,
            Guest = target?.Guest.Name ?? named,
            Vcpu = target?.Vcpu,
            Set = change.Words,
            Refused = outcome.Problem,
        });
        return outcome;
    }

    private OperatorOutcome Set(OperatorTarget target, OperatorChange change, Servers servers)
    {
        if (Read("fastest", change.Request.Fastest, out PStateChoice fastest) is string wrong || (wrong = Read("slowest", change.Request.Slowest, out PStateChoice slowest)!) is not null)
        {
            return OperatorOutcome.Refused(wrong);
        }

        if (change.Words.Length == 0 || (change.Request.Reset && (change.Request.Deny || change.Request.Fastest is not null || change.Request.Slowest is not null)))
        {
            return OperatorOutcome.Refused("Nothing is to be set, or reset and set at once.");
        }

        Dictionary<(string, int), OperatorBounds> next = new(_operators);
        foreach ((string, int) vcpu in target.Vcpus)
        {
            OperatorBounds before = next.GetValueOrDefault(vcpu, OperatorBounds.None);
            next[vcpu] = new OperatorBounds(change.Request.Fastest is null ? before.Fastest : fastest, change.Request.Slowest is null ? before.Slowest : slowest, change.Request.Deny || before.Denies);
            if (change.Request.Reset || next[vcpu] == OperatorBounds.None)
            {
                next.Remove(vcpu);
            }
        }

        IReadOnlyList<string> failures = [];
        if (change.Request.Reset || change.Request.Deny || change.Request.Fastest is not null || change.Request.Slowest is not null)
        {
            (_, failures) = PutInForce(_host.Policy.Under(next), servers);
            _operators = next;
        }

        IReadOnlyList<string> hanging = change.Request.Withdraw ? Withdraw(target) : [];
        string message = $"{change.Words}: in force for {string.Join(", ", target.Vcpus.Select(vcpu => $"{vcpu.Guest}/{vcpu.Vcpu}"))}, until it is changed, reset, or the policy is read again.";
        return new OperatorOutcome(null, string.Join('\n', [message, .. failures, .. hanging.Select(name => $"{name} has not been withdrawn in {s_withdrawPatience.TotalSeconds:0} s: its core does not answer. It is when that does.")]), target.Vcpus);
    }

    private static string? Read(string name, string? text, out PStateChoice choice)
    {
        choice = default;
        return text is not null && ScalarText.Bound(text, default, out choice) is string expected ? $"{name} takes {expected}, not {text}." : null;
    }

    private IReadOnlyList<string> Withdraw(OperatorTarget target) => Threads.RunAll(
        [.. target.Vcpus.Select(vcpu =>
        {
            VcpuService service = _host.ServiceFor(vcpu.Guest, vcpu.Vcpu);
            return ($"The wish of {vcpu.Guest}/{vcpu.Vcpu}", (Action)(() => service.Withdraw(AuditReason.OperatorWithdrew, TscClock.Now)));
        })],
        s_withdrawPatience);
}
