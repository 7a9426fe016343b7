using PollScale.Native;

namespace PollScale.Cpufreq;

/// <summary>Whether a policy could be controlled: what <see cref="CpufreqScaler.Open(CpufreqOptions?)"/> checks, without taking anything over.</summary>
internal static class CpufreqSurvey
{
    /// <summary>The policy of a CPU.</summary>
    /// <param name="tree">Where to look.</param>
    /// <param name="cpu">The CPU; null takes the one that the calling thread is pinned to, else the lowest policy there is.</param>
    /// <exception cref="CpufreqException">There is none.</exception>
    public static int PolicyFor(CpufreqTree tree, int? cpu)
    {
        ArgumentNullException.ThrowIfNull(tree);
        cpu ??= ThreadAffinity.Read(out int pinned) == 1 ? pinned : null;
        return cpu is null && tree.PolicyNumbers() is { Count: > 0 } numbers ? numbers[0] : tree.PolicyOf(cpu ?? 0);
    }

    /// <summary>Checks that a policy can be read, may be written, and is not held by another process. Opens its files and writes nothing.</summary>
    /// <param name="tree">Where it is.</param>
    /// <param name="policy">Its number.</param>
    /// <param name="leaseFolder">Folder of lease files; null takes the usual ones.</param>
    /// <exception cref="CpufreqException">It cannot be controlled; the message says why and what to do.</exception>
    public static CpufreqPolicy Require(CpufreqTree tree, int policy, string? leaseFolder = null)
    {
        ArgumentNullException.ThrowIfNull(tree);
        CpufreqPolicy found = tree.Read(policy);
        CpufreqPolicyFiles.Open(tree.Files, found.Folder).Dispose();
        if (LeaseSurvey.Read(leaseFolder).FirstOrDefault(lease => lease.Policy == policy && lease.IsHeld != false && lease.Trouble is null && lease.Root == tree.Root) is LeaseState held)
        {
            throw new CpufreqException(
                CpufreqProblem.Held,
                $"cpufreq policy {policy} is controlled by process {held.Pid} ({held.Command}), says {held.Path}. End that process first, or choose a CPU of another policy.");
        }

        return found;
    }

    /// <summary>What to do about a kind of problem, in a line; the exception's message has the details.</summary>
    public static string WhatToDo(CpufreqProblem problem) => problem switch
    {
        CpufreqProblem.NoCpufreq => "On bare metal load a driver; inside a VM let the host scale.",
        CpufreqProblem.NoPolicy => "Choose a CPU that is online and has a policy.",
        CpufreqProblem.NoPermission => "Run as root, or give a group the files (docs/operating.md, 'Real frequency').",
        CpufreqProblem.ReadOnly => "Mount /sys/devices/system/cpu writable into the container.",
        CpufreqProblem.NoGovernor => "Load the governor: modprobe cpufreq_userspace.",
        CpufreqProblem.Held => "End the process that controls the policy, or choose a CPU of another policy.",
        CpufreqProblem.BadLease => "Look at the lease file and the policy's settings, then delete the file.",
        _ => "Look at the policy's files in /sys/devices/system/cpu/cpufreq.",
    };
}
