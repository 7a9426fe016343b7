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

    /// <summary>Whether each governor rules out loss on each workload.</summary>
    public bool LossFree => _certificates.Values.All(certificate => certificate is { LossFree: true });

    /// <summary>A certificate; null where no line bounds the arrival rate.</summary>
    public LossCertificate? Of(string governor, string workload) => _certificates.GetValueOrDefault((governor, workload));

    // One that looks at every poll needs no decision period. What the traffic may do counts, whatever line rate was given.
    private static LossCertificate? Make(SimulationPlan plan, StudyGovernor governor, Workload workload)
    {
        double peak = Math.Max(plan.Peak(workload), workload.Model.PeakRate);
        return double.IsFinite(peak) && workload.Model.KeepsTo(peak)
            ? plan.Certificate(peak, governor.Make(plan.Context, workload), governor.DecisionPeriod ?? plan.Options.DecisionPeriod)
            : null;
    }
}
