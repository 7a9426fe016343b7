using PollScale.Cpufreq;

namespace PollScale.HostStub.Doctor.Checks;

/// <summary>Can the real frequency of a pCPU be set?</summary>
internal sealed class CpufreqCheck(CpufreqTree tree, int cpu, string? leaseFolder) : ICheck
{
    private const string Name = "cpufreq";

    public IEnumerable<Finding> Run()
    {
        CpufreqPolicy? policy = null;
        CpufreqException? failure = null;
        try
        {
            int number = tree.PolicyOf(cpu);
            policy = tree.Read(number);
            CpufreqSurvey.Require(tree, number, leaseFolder);
        }
        catch (CpufreqException e)
        {
            failure = e;
        }

        if (policy is not null)
        {
            yield return Driver(policy);
        }

        if (failure is not null)
        {
            yield return new Finding(
                policy is null ? Name : "cpufreq-access", failure.Problem == CpufreqProblem.NoCpufreq ? FindingStatus.NotHere : FindingStatus.Problem,
                failure.Message, "Without it P-states are emulated: no clock changes.", CpufreqSurvey.WhatToDo(failure.Problem));
        }
        else
        {
            yield return new Finding("cpufreq-access", FindingStatus.Ok, $"Policy {policy!.Number} may be written and no other process holds it.", "", "");
        }
    }

    private static Finding Driver(CpufreqPolicy policy)
    {
        string what = $"CPU policy {policy.Number}: {policy.DriverName}, governor {policy.Governor}, {policy.MinKHz / 1000} to {policy.MaxKHz / 1000} MHz of {policy.HardwareMinKHz / 1000} to {policy.HardwareMaxKHz / 1000}, CPUs {string.Join(",", policy.OnlineCpus)}.";
        bool setSpeed = !CpufreqDrivers.ChoosesItself(policy.Driver);
        string why = setSpeed ? "The userspace governor sets it by one write (scaling_setspeed)." : "The driver chooses itself; both bounds set the frequency, by two writes.";
        if (policy.OnlineCpus.Count > 1)
        {
            return new Finding(Name, FindingStatus.Warning, what, $"{why} The CPUs change speed together, so the fastest wish rules all of them.", "Give all CPUs of the policy to lcores of one kind, or use a machine with a policy for each core.");
        }

        return setSpeed && !policy.Governors.Contains("userspace")
            ? new Finding(Name, FindingStatus.Warning, what, $"{why} It is not loaded; the kernel loads its module when it is asked for, if it may.", "Load it beforehand: modprobe cpufreq_userspace.")
            : new Finding(Name, FindingStatus.Ok, what, why);
    }
}
