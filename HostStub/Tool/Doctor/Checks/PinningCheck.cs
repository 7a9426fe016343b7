namespace PollScale.HostStub.Doctor.Checks;

/// <summary>Are there CPUs for the lcore and for the rest?</summary>
internal sealed class PinningCheck(IReadOnlyList<int> allowed, int cpu) : ICheck
{
    public IEnumerable<Finding> Run()
    {
        const string Name = "pinning";
        string list = string.Join(",", allowed);
        yield return !allowed.Contains(cpu)
            ? new Finding(Name, FindingStatus.Problem, $"This process may not use CPU {cpu}, only {list}.", "The lcore is pinned to it.", "Choose one of these, or widen the set (taskset, cgroup cpuset.cpus, AllowedCPUs= of the unit).")
            : allowed.Count < 2
            ? new Finding(Name, FindingStatus.Warning, $"This process may use one CPU only, {list}.", "A guest runs, but there is no CPU for traffic beside it.", "Allow a second CPU (taskset, cgroup cpuset.cpus).")
            : new Finding(Name, FindingStatus.Ok, $"This process may use CPUs {list}; CPU {cpu} is taken for the lcore.");
    }
}
