using PollScale.Native;

namespace PollScale.Cpufreq;

/// <summary>Takes a policy over: lease, governor, knob. On failure the caller restores what the lease says.</summary>
internal sealed class CpufreqTakeover
{
    private readonly List<string> _failures = [];

    /// <summary>Takes it over in the best way that works.</summary>
    /// <param name="root">Folder that holds "cpufreq".</param>
    /// <param name="policy">The policy as it is.</param>
    /// <param name="files">Its files.</param>
    /// <param name="lease">Where to note what to restore.</param>
    /// <param name="original">What to restore.</param>
    /// <exception cref="CpufreqException">It cannot be controlled, or the lease cannot be written.</exception>
    public CpufreqTakeover(string root, CpufreqPolicy policy, CpufreqPolicyFiles files, CpufreqLease lease, CpufreqSettings original)
    {
        Files = files;
        foreach (CpufreqPlan plan in CpufreqPlan.Candidates(policy))
        {
            if (plan.Method == CpufreqMethod.SetSpeed && files.SetSpeed is null)
            {
                _failures.Add("there is no scaling_setspeed");
                continue;
            }

            LeaseRecord record = new(LeaseOwner.Current(), root, policy.Number, policy.DriverName, plan, original);
            lease.Note(files, record);
            if (Take(files, plan) is string failure)
            {
                _failures.Add(failure);
                continue;
            }

            Plan = plan;
            Knob = plan.Method == CpufreqMethod.SetSpeed ? new SetSpeedKnob(files) : TakeBounds(policy, lease, record);
            Policy = policy;
            AddNotes();
            return;
        }

        throw new CpufreqException(
            CpufreqProblem.NoGovernor,
            $"Policy {policy.Number} ({policy.DriverName}) cannot be controlled: {string.Join("; ", _failures)}. Governors listed: {string.Join(", ", policy.Governors)}. Load the governor (modprobe cpufreq_userspace).");
    }

    /// <summary>The policy as it was before, with the bounds that hold for what will be set.</summary>
    public CpufreqPolicy Policy { get; private set; } = null!;

    public CpufreqPlan Plan { get; }

    public CpufreqPolicyFiles Files { get; }

    public IFrequencyKnob Knob { get; }

    public List<string> Notes { get; } = [];

    /// <summary>Sets the governor that a plan needs; the preference needs no write: active drivers set it to 0 themselves under performance, and userspace leaves no choice to prefer in.</summary>
    /// <returns>Why it could not; null when it is set.</returns>
    public static string? Take(CpufreqPolicyFiles files, CpufreqPlan plan)
    {
        int error = files.Governor.ReadText(out string shown);
        if (error == 0 && shown != plan.Governor)
        {
            error = files.Governor.WriteText(plan.Governor);
            error = error == 0 ? files.Governor.ReadText(out shown) : error;
        }

        return error != 0 ? $"governor {plan.Governor}: {LibC.strerror(error)}"
            : shown != plan.Governor ? $"governor {plan.Governor} was written, but the kernel shows {shown}" : null;
    }

    // Bounds are both what the administrator allows and the means: what is a limit of the kernel's own must not be taken for the former, which nothing would lift.
    private BoundsKnob TakeBounds(CpufreqPolicy policy, CpufreqLease lease, LeaseRecord record)
    {
        CpufreqSettings original = record.Original;
        uint highest = original.MaxKHz;
        if (highest < policy.HardwareMaxKHz && CpufreqBounds.KernelLimit(Files, policy.HardwareMaxKHz) is uint limit)
        {
            if (limit > highest)
            {
                Files.Max.WriteKHz(highest); // the administrator's
            }
            else
            {
                Notes.Add($"Firmware or heat limits policy {policy.Number} to {highest} kHz: it gets more when that ends, and scaling_max_freq {policy.HardwareMaxKHz} at the end.");
                highest = policy.HardwareMaxKHz;
                lease.Note(Files, record with { Original = original with { MaxKHz = highest, ShownMaxKHz = original.MaxKHz } });
            }
        }

        return new BoundsKnob(Files, Plan.Governor, original.MinKHz, highest, policy.HardwareMaxKHz);
    }

    private void AddNotes()
    {
        CpufreqPolicy policy = Policy;
        if (Knob.Limits is (uint lowest, uint highest))
        {
            Policy = policy with { MinKHz = lowest, MaxKHz = highest };
        }

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
