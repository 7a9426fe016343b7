using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;

namespace PollScale.HostStub.Policy.Compiled;

/// <summary>
/// Compiles the policy for one vCPU. It is refused where the daemon has more to weigh than that vCPU's calls: who answers them within the kernel knows nobody
/// else's wish. Pure.
/// </summary>
internal static class PolicyCompiler
{
    /// <summary>Compiles.</summary>
    /// <param name="plan">The policy, against this host's pCPUs.</param>
    /// <param name="guest">A guest of it.</param>
    /// <param name="vcpu">Its vCPU, on a pCPU that can be used.</param>
    /// <param name="rule">The rule for it.</param>
    /// <param name="problem">Why it cannot be compiled, with what to do; null where it can.</param>
    /// <returns>Null where it cannot.</returns>
    public static CompiledPolicy? Compile(PolicyPlan plan, GuestPolicy guest, VcpuPolicy vcpu, FrequencyPolicy rule, out string? problem)
    {
        problem = WhyNot(plan, guest, vcpu, rule);
        return problem is not null ? null : new CompiledPolicy
        {
            Pcpu = vcpu.Pcpu,
            Table = rule.Table,
            Control = rule.Granted,
            Queries = rule.Queries,
            CallsPerSecond = Part(guest.CallsPerSecond, guest),
            Burst = Part(guest.Burst, guest),
        };
    }

    /// <summary>Why <see cref="Compile"/> refuses, with what to do; null where it does not.</summary>
    public static string? WhyNot(PolicyPlan plan, GuestPolicy guest, VcpuPolicy vcpu, FrequencyPolicy rule)
    {
        const string Weighs = "of several wishes on one core the fastest holds, which only the daemon can weigh.";
        string without = $"or leave hypercall: {HypercallModes.Of(guest.Hypercall)} out.";
        if (guest.Hypercall == HypercallMode.Module && plan.Backends[vcpu.Pcpu].Emulated)
        {
            return $"the P-states of pCPU {vcpu.Pcpu} are simulated, and the kernel sets real ones: serve with --frequency cpufreq.";
        }

        if (!rule.Granted)
        {
            return null; // it only asks
        }

        int core = plan.CoreOf(vcpu.Pcpu);
        foreach ((GuestPolicy otherGuest, VcpuPolicy other, _) in plan.Vcpus)
        {
            if (plan.CoreOf(other.Pcpu) == core && (otherGuest.Name, other.Vcpu) != (guest.Name, vcpu.Vcpu))
            {
                return $"{(other.Pcpu == vcpu.Pcpu ? $"pCPU {vcpu.Pcpu}" : $"the core or the cpufreq policy of pCPU {vcpu.Pcpu}")} is shared with vCPU {other.Vcpu} of {otherGuest.Name}"
                    + $"{(other.Pcpu == vcpu.Pcpu ? "" : $" on pCPU {other.Pcpu}")}, and {Weighs} Give each vCPU a core of its own, {without}";
            }
        }

        return plan.Cores[core].Find(pCpu => pCpu.Number != vcpu.Pcpu) is ManagedPcpu managed
            ? $"the core or the cpufreq policy of pCPU {vcpu.Pcpu} is shared with pCPU {managed.Number}, which the policy names too, and {Weighs} Take pCPU {managed.Number} out of the policy, {without}"
            : null;
    }

    // What all vCPUs of a guest may call together is divided among them, for in the kernel none knows of the others' calls.
    private static int Part(int all, GuestPolicy guest) => Math.Max(1, all / guest.Vcpus.Count);
}
