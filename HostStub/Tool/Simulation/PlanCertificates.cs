using PollScale.Simulation.Studies;
using PollScale.Simulation.Traffic;

namespace PollScale.HostStub.Simulation;

/// <summary>What each governor of a plan could promise on each of its workloads, at the peak rate that a user would configure.</summary>
internal sealed class PlanCertificates
{
    private readonly Dictionary<(string Governor, string Workload), Promises?> _certificates = [];

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

    /// <summary>Whether each governor rules out loss on each workload.</summary>
    public bool LossFree => _certificates.Values.All(promises => promises is { Loss.LossFree: true });

    /// <summary>Whether each governor keeps the delay bound on each workload.</summary>
    public bool DelayKept => _certificates.Values.All(promises => promises is { Delay.Kept: true });

    /// <summary>Certificates; null where no line bounds the arrival rate.</summary>
    public Promises? Of(string governor, string workload) => _certificates.GetValueOrDefault((governor, workload));

    // One that looks at every poll needs no decision period. What the traffic may do counts, whatever line rate was given.
    private static Promises? Make(SimulationPlan plan, StudyGovernor governor, Workload workload)
    {
        double peak = Math.Max(plan.Peak(workload), workload.Model.PeakRate);
        return double.IsFinite(peak) && workload.Model.KeepsTo(peak)
            ? plan.Promised(peak, governor.Make(plan.Context, workload), governor.DecisionPeriod ?? plan.Options.DecisionPeriod)
            : null;
    }
}
