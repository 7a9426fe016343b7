using PollScale.Native;

namespace PollScale.Cpufreq;

/// <summary>Takes a policy over: lease, governor, knob. On failure everything is restored.</summary>
internal sealed class CpufreqTakeover
{
    private readonly List<string> _failures = [];

    public CpufreqTakeover(CpufreqPolicy policy, CpufreqPolicyFiles files, LeaseFolder folder, string root, IEnumerable<string> notes)
    {
        Notes = [.. notes];
        CpufreqSettings original = CpufreqSettings.Read(files);
        CpufreqLease? lease = null;
        try
        {
            foreach (CpufreqPlan plan in CpufreqPlan.Candidates(policy))
            {
                if (plan.Method == CpufreqMethod.SetSpeed && files.SetSpeed is null)
                {
                    _failures.Add("there is no scaling_setspeed");
                    continue;
                }

                LeaseRecord record = new(LeaseOwner.Current(), root, policy.Number, policy.DriverName, plan, original);
                lease ??= new CpufreqLease(folder, files, policy.Number);
                lease.Note(record);
                if (Take(files, plan, original) is string failure)
                {
                    _failures.Add(failure);
                    continue;
                }

                (Plan, Lease) = (plan, lease);
                Knob = plan.Method == CpufreqMethod.SetSpeed ? new SetSpeedKnob(files) : new BoundsKnob(files, plan.Governor, original.MinKHz, original.MaxKHz);
                AddNotes(policy);
                return;
            }

            throw new CpufreqException(
                CpufreqProblem.NoGovernor,
                $"Policy {policy.Number} ({policy.DriverName}) cannot be controlled: {string.Join("; ", _failures)}. Governors listed: {string.Join(", ", policy.Governors)}. Load the governor (modprobe cpufreq_userspace).");
        }
        catch
        {
            lease?.Restore(folderIsLocked: true);
            throw;
        }
    }

    public CpufreqPlan Plan { get; }

    public CpufreqLease Lease { get; }

    public IFrequencyKnob Knob { get; }

    public List<string> Notes { get; }

    // The preference needs no write: active drivers set it to 0 themselves under performance, and userspace leaves no choice to prefer in.
    private static string? Take(CpufreqPolicyFiles files, CpufreqPlan plan, CpufreqSettings original)
    {
        int error = plan.Governor == original.Governor ? 0 : files.Governor.WriteText(plan.Governor);
        string shown = original.Governor;
        if (error == 0)
        {
            error = files.Governor.ReadText(out shown);
        }

        return error != 0 ? $"governor {plan.Governor}: {LibC.strerror(error)}"
            : shown != plan.Governor ? $"governor {plan.Governor} was written, but the kernel shows {shown}" : null;
    }

    private void AddNotes(CpufreqPolicy policy)
    {
        if (_failures.Count > 0)
        {
            Notes.Add($"Policy {policy.Number} is controlled by its bounds under '{Plan.Governor}', for {string.Join("; ", _failures)}.");
        }

        if (policy.OnlineCpus.Count > 1)
        {
            Notes.Add($"CPUs {string.Join(", ", policy.OnlineCpus)} share policy {policy.Number}: all of them change speed together.");
        }
    }
}
