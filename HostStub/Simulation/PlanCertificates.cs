using PollScale.Governors;
using PollScale.Simulation.Studies;
using PollScale.Simulation.Traffic;

namespace PollScale.HostStub.Simulation;

/// <summary>Whether each governor of a plan could rule out loss on each of its workloads, at the peak rate that a user would configure.</summary>
internal sealed class PlanCertificates
{
    private readonly Dictionary<(string Governor, string Workload), LossCertificate?> _certificates = [];

    /// <summary>Works all of them out.</summary>
    public PlanCertificates(SimulationPlan plan)
    {
        foreach (StudyGovernor governor in plan.Study.Governors)
        {
            foreach (Workload workload in plan.Workloads)
            {
                _certificates[(governor.Name, workload.Name)] = Make(plan, governor, workload);
            }
        }
    }

    /// <summary>A certificate; null where no line bounds the arrival rate.</summary>
    public LossCertificate? Of(string governor, string workload) => _certificates.GetValueOrDefault((governor, workload));

    // A governor that promises something may use only a part of the ring for it; one that looks at every poll needs no decision period.
    private static LossCertificate? Make(SimulationPlan plan, StudyGovernor governor, Workload workload)
    {
        double peak = plan.Peak(workload);
        if (!double.IsFinite(peak))
        {
            return null;
        }

        double share = governor.Make(plan.Context, workload) is ILossBoundGovernor bound ? bound.HighWater : 1;
        return plan.Certificate(peak, Math.Max(1, (int)(share * plan.Options.RingSize)), governor.DecisionPeriod ?? plan.Options.DecisionPeriod);
    }
}
