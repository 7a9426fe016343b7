using Microsoft.Extensions.Logging.Abstractions;
using PollScale.Clock;
using PollScale.HostStub.Channels;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Frequency.Cpufreq;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Compiled;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.HostStub.PolicyFile;

namespace PollScale.HostStub.Doctor.Policies;

/// <summary>Checks a policy file as serve would take it, against this machine; takes nothing over, changes nothing, needs no root.</summary>
internal sealed class PolicyExamination
{
    private readonly PolicyCheckOptions _options;
    private readonly List<PolicyFinding> _findings = [];

    private PolicyExamination(PolicyCheckOptions options) => _options = options;

    /// <summary>The policy; null when the file has mistakes.</summary>
    public HostPolicy? Policy { get; private set; }

    /// <summary>What was found, in the order of the file.</summary>
    public IReadOnlyList<PolicyFinding> Findings => _findings;

    /// <summary>Examines it.</summary>
    public static PolicyExamination Of(PolicyCheckOptions options)
    {
        PolicyExamination examination = new(options);
        examination.Run();
        examination._findings.Sort((a, b) => (a.About.At.Line, a.About.At.Column).CompareTo((b.About.At.Line, b.About.At.Column)));
        return examination;
    }

    private void Run()
    {
        try
        {
            Policy = PolicyReader.Load(_options.Path, PolicyReader.TrustFor(_options.IsReal));
        }
        catch (PolicyException e)
        {
            Add(FindingStatus.Problem, e.Errors);
            return;
        }

        Add(FindingStatus.Warning, PolicyNotices.Of(Policy));
        Add(FindingStatus.Problem, SameSockets.Of(Policy));
        CheckFit(Policy);
        _findings.AddRange(new PcpuCheck(Policy, _options).Run());
        foreach (GuestPolicy guest in Policy.Guests)
        {
            _findings.AddRange(ChannelCheck.Run(guest));
            if (HypercallsHere.WhyNot(guest.Hypercall) is string unheard)
            {
                string loss = guest.Hypercall == HypercallMode.Module ? "its hypercalls would not be answered now" : $"its hypercalls would not be {HypercallModes.Of(guest.Hypercall)} now, and it would have the doorbell of its page only";
                Add(FindingStatus.Warning, [new PolicyError(guest.Shmem?.At ?? guest.At, $"guest {guest.Name}, hypercall: {loss}: {unheard}", IsMachines: true)]);
            }

            foreach (VcpuPolicy vcpu in guest.Vcpus)
            {
                _findings.AddRange(ChannelCheck.Run(guest, vcpu));
                if (guest.Process is string process && new VcpuThreads().WhyNotPinned(process, vcpu.Vcpu, vcpu.Pcpu) is string why)
                {
                    Add(FindingStatus.Warning, [new PolicyError(vcpu.At, $"guest {guest.Name}: vCPU {vcpu.Vcpu} would be denied now: {why}", IsMachines: true)]);
                }
            }
        }

        if (!Policy.Guests.Any(guest => guest.Vcpus.Any(vcpu => vcpu.Channel is not null || guest.Shmem is not null || guest.Hypercall == HypercallMode.Module)))
        {
            Add(FindingStatus.Warning, [new PolicyError(default, "no vCPU has a channel, and no guest with vCPUs a shmem: serve would serve nobody")]);
        }
    }

    // The plan that serve would put in force, over P-states that are only read.
    private void CheckFit(HostPolicy policy)
    {
        double tscHz = TscClock.FrequencyKHz * 1000.0;
        CpufreqHost cpufreq = new(_options.CpufreqRoot, _options.LeaseFolder, tscHz, () => TscClock.Now, NullLogger.Instance);
        SmtSiblings smt = new(_options.CpufreqRoot);
        try
        {
            PcpuOpener opener = new(new HostFrequencyOptions
            {
                Open = pCpu => _options.IsReal ? cpufreq.View(pCpu) : new SimulatedBackend(_options.PStates, tscHz, TscClock.Now),
                SiblingsOf = smt.Of,
                TscHz = tscHz,
            });
            PolicyPlan plan = PolicyPlan.Make(policy, opener.Open(policy, new Dictionary<int, OpenedPcpu>()), null);
            Add(FindingStatus.Problem, plan.Absent.Select(absent => absent.Error));
            Add(FindingStatus.Warning, Uncompiled(plan));
            foreach (IFrequencyBackend backend in plan.Backends.Values)
            {
                backend.Dispose();
            }
        }
        catch (PolicyException e)
        {
            Add(FindingStatus.Problem, e.Errors);
        }
    }

    private static IEnumerable<PolicyError> Uncompiled(PolicyPlan plan) =>
        from one in plan.Vcpus
        where one.Guest.IsCompiled
        let why = PolicyCompiler.WhyNot(plan, one.Guest, one.Vcpu, plan.RuleFor(one.Guest, one.Vcpu, one.Table))
        where why is not null
        select new PolicyError(one.Vcpu.At, $"guest {one.Guest.Name}, hypercall: {HypercallModes.Of(one.Guest.Hypercall)}: the hypercalls of vCPU {one.Vcpu.Vcpu} would not be answered: {why}");

    private void Add(FindingStatus status, IEnumerable<PolicyError> about) => _findings.AddRange(about.Select(error => new PolicyFinding(status, error)));
}
