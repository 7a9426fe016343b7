namespace PollScale.Cpufreq;

/// <summary>A way to control a policy.</summary>
/// <param name="Method">Files that set the frequency.</param>
/// <param name="Governor">Governor it needs; the policy's own where any does.</param>
internal sealed record CpufreqPlan(CpufreqMethod Method, string Governor)
{
    private const string Userspace = "userspace";
    private const string Performance = "performance";

    /// <summary>What to try, best first.</summary>
    /// <remarks>
    /// Drivers that take generic governors: userspace, which "allows user space to set the CPU frequency [...] by writing to
    /// scaling_setspeed" (admin-guide/pm/cpufreq.rst). It is tried though not listed: the kernel loads a governor's module when its name is
    /// written. Else bounds under performance, which asks for the highest frequency within them "whenever the scaling_max_freq or
    /// scaling_min_freq policy limits change", so in the same write; else bounds under whatever governor there is.
    /// Drivers that choose themselves: bounds under performance. Without HWP "it selects the maximum P-state it is allowed to use [...]
    /// every time the driver configuration for the given CPU is updated", where powersave looks at most every 10 ms; with HWP it writes 0
    /// to the energy-performance preference, so the processor does not hang back (admin-guide/pm/intel_pstate.rst, "Active Mode").
    /// amd-pstate-epp does the same (admin-guide/pm/amd-pstate.rst, "Active Mode"). With both bounds equal powersave serves too.
    /// </remarks>
    public static IReadOnlyList<CpufreqPlan> Candidates(CpufreqPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        string bounding = policy.Governors.Contains(Performance) ? Performance : policy.Governor;
        CpufreqPlan bounds = new(CpufreqMethod.Bounds, bounding);
        return CpufreqDrivers.ChoosesItself(policy.Driver) ? [bounds] : [new CpufreqPlan(CpufreqMethod.SetSpeed, Userspace), bounds];
    }
}
