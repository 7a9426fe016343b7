using PollScale.HostStub.Machine;

namespace PollScale.HostStub.Run;

/// <summary>Which CPU does what.</summary>
/// <param name="Guest">pCPU of the vCPU, alone on it.</param>
/// <param name="Housekeeping">pCPU of traffic, calls and reports.</param>
internal sealed record CpuPlan(int Guest, int Housekeeping)
{
    /// <summary>Plans for the CPUs this process may use.</summary>
    /// <param name="guest">CPU asked for the guest; null for the last.</param>
    /// <param name="housekeeping">CPU asked for the rest; null for the first other one.</param>
    /// <param name="allowed">CPUs this process may use.</param>
    /// <param name="traffic">Packets will be sent, for which one CPU does not do.</param>
    /// <exception cref="GuestSetupException">A CPU asked for is not among them, or one is not enough.</exception>
    public static CpuPlan Make(int? guest, int? housekeeping, IReadOnlyList<int> allowed, bool traffic)
    {
        foreach (int? wanted in (int?[])[guest, housekeeping])
        {
            if (wanted is int cpu && !allowed.Contains(cpu))
            {
                throw new GuestSetupException($"CPU {cpu} is not one this process may use: {string.Join(", ", allowed)}. Choose among these (taskset and cgroups narrow them).");
            }
        }

        if (allowed.Count < 2)
        {
            return !traffic ? new CpuPlan(allowed[0], allowed[0]) : throw new GuestSetupException("A polling guest needs a CPU for itself and the traffic another; this process may use only one. Allow it a second CPU.");
        }

        int guestCpu = guest ?? allowed.Last(cpu => cpu != housekeeping);
        return new CpuPlan(guestCpu, housekeeping ?? allowed.First(cpu => cpu != guestCpu));
    }
}
