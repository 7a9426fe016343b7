using PollScale.Hypercall;

namespace PollScale.Cpufreq;

internal sealed partial class CpufreqScaler
{
    private readonly Lock _taking = new();
    private readonly RetakePace _pace = new();
    private string? _whyNot;

    /// <summary>
    /// Looks at what others may have changed: takes control again that was lost, opens a policy anew that the kernel made anew, and follows
    /// bounds that rose or fell (<see cref="PStates"/>). For about once a second; blocks, and allocates where something changed.
    /// </summary>
    /// <param name="milliseconds">Time, from any point on.</param>
    /// <param name="hurry">Take control again at once, without the wait that keeps two managers from fighting.</param>
    /// <param name="news">What a user should know; null for nothing.</param>
    /// <returns>What the kernel shows, as <see cref="Read"/> tells it.</returns>
    public CpufreqResult Look(long milliseconds, bool hurry, out string? news)
    {
        lock (_taking)
        {
            news = null;
            if (hurry)
            {
                _pace.Hurry();
            }

            CpufreqResult shown = Read();
            bool taken = shown.Outcome switch
            {
                CpufreqOutcome.LostControl => _pace.MayTake(milliseconds) && Regain(out news),
                CpufreqOutcome.Gone => _pace.MayOpen(milliseconds) && Reopen(out news),
                _ => false,
            };
            if (taken)
            {
                _pace.Well(milliseconds, anew: true);
                shown = Read();
            }
            else if (shown.Outcome == CpufreqOutcome.Applied)
            {
                _pace.Well(milliseconds);
            }

            if (shown.Outcome == CpufreqOutcome.Applied)
            {
                _whyNot = null;
                Follow(ref news);
            }

            return shown;
        }
    }

    /// <summary>Why control is not here, in detail, as the last <see cref="Look"/> found; null when it is, or no more is known.</summary>
    public string? WhyNot
    {
        get
        {
            lock (_taking)
            {
                return _released || _whyNot is not null ? _whyNot
                    : _taken.Files.Governor.ReadText(out string governor) == 0 && governor != Plan.Governor ? $"scaling_governor is '{governor}', not '{Plan.Governor}'."
                    : CpufreqBounds.Read(_taken.Files, out uint min, out uint max) == 0 && Plan.Method == CpufreqMethod.Bounds ? $"scaling_min_freq and scaling_max_freq are {min} and {max}."
                    : null;
            }
        }
    }

    private bool Regain(out string? news)
    {
        CpufreqTakeover taken = _taken;
        news = null;
        _whyNot = CpufreqTakeover.Take(taken.Files, taken.Plan) is string failure ? $"It cannot be taken over again: {failure}." : null;
        if (_whyNot is not null)
        {
            return false;
        }

        (uint, uint)? limits = taken.Knob.Limits;
        Locked(taken.Knob.Regain);
        if (taken.Knob.Limits is (uint lowest, uint highest) now && now != limits && _lease.Record is LeaseRecord record)
        {
            news = $"another program set the bounds to {lowest} and {highest} kHz, which hold from here on and stay at the end.";
            _lease.Note(taken.Files, record with { Original = record.Original with { MinKHz = lowest, MaxKHz = highest, ShownMaxKHz = 0 } });
            Adopt(_policy with { MinKHz = lowest, MaxKHz = highest }, ref news);
        }

        return true;
    }

    // The open files are of a policy that is no more: the driver's mode was switched, or the CPU was removed and added.
    private bool Reopen(out string? news)
    {
        news = null;
        LeaseRecord? former = _lease.Record;
        CpufreqTakeover old = _taken;
        CpufreqPolicyFiles? files = null;
        try
        {
            int number = _policy.Number;
            old.Files.Governor.LetGo(); // file systems other than sysfs may give the new file the old one's identity
            files = CpufreqPolicyFiles.Open(_tree.Files, _tree.FolderOf(number));
            if (files.TryHold() is string held)
            {
                throw new CpufreqException(CpufreqProblem.Held, held);
            }

            CpufreqPolicy policy = _tree.Read(number);
            CpufreqSettings found = CpufreqSettings.Read(files);
            // Under the governor that was set here the kernel gave the former settings back, so what preceded them is still the original.
            bool ours = former is not null && found.Governor == former.Plan.Governor && policy.DriverName == former.Driver && former.Original.Governor != found.Governor;
            CpufreqTakeover taken = new(_tree.Root, policy, files, _lease, ours ? former!.Original : found);
            Locked(() => _taken = taken);
            old.Files.Dispose();
            news = $"the kernel made it anew ({policy.DriverName}); it is taken over again, and '{(ours ? former!.Original.Governor : found.Governor)}' is what will be restored. {string.Join(' ', taken.Notes)}".TrimEnd();
            Adopt(taken.Policy, ref news);
            return true;
        }
        catch (CpufreqException e)
        {
            _whyNot = e.Message;
            if (files is not null)
            {
                Undo(files, old, former);
            }

            return false;
        }
    }

    // A policy that was made anew since the last look, under the governor that was set here, is to be given back through its new files.
    private CpufreqPolicyFiles? OpenAnew()
    {
        if (_lease.Record is null || _taken.Knob.Read().Outcome != CpufreqOutcome.Gone)
        {
            return null;
        }

        try
        {
            return CpufreqPolicyFiles.Open(_tree.Files, _tree.FolderOf(_policy.Number));
        }
        catch (CpufreqException)
        {
            return null; // restoring says so
        }
    }

    private void Undo(CpufreqPolicyFiles files, CpufreqTakeover old, LeaseRecord? former)
    {
        if (_lease.Record is LeaseRecord noted && noted != former && former is not null)
        {
            new CpufreqRestore(files, noted).Run();
            try
            {
                _lease.Note(old.Files, former);
            }
            catch (CpufreqException e)
            {
                _whyNot = e.Message;
            }
        }

        files.Dispose();
    }

    private void Follow(ref string? news)
    {
        CpufreqPolicy policy = _policy;
        if (uint.TryParse(_tree.Files.ReadText(Path.Combine(policy.Folder, "cpuinfo_max_freq")), out uint hardware) && hardware != policy.HardwareMaxKHz)
        {
            try
            {
                CpufreqPolicy now = _tree.Read(policy.Number);
                policy = now with { Governor = policy.Governor, MinKHz = _taken.Knob.Limits?.Lowest ?? now.MinKHz, MaxKHz = _taken.Knob.Limits?.Highest ?? now.MaxKHz };
            }
            catch (CpufreqException)
            {
                return; // being changed right now: the next look sees what came of it
            }
        }

        if (_taken.Knob.Limits is null && CpufreqBounds.Read(_taken.Files, out uint min, out uint max) == 0 && (min, max) != (policy.MinKHz, policy.MaxKHz))
        {
            policy = policy with { MinKHz = min, MaxKHz = max };
        }

        if (policy != _policy)
        {
            Adopt(policy, ref news);
        }
    }

    private void Adopt(CpufreqPolicy policy, ref string? news)
    {
        PStateTable before = _pStates, table = CpufreqPStates.Build(policy);
        bool same = table.KHz.SequenceEqual(before.KHz);
        _policy = policy;
        if (same && (table.FastestAllowed, table.SlowestAllowed) == (before.FastestAllowed, before.SlowestAllowed))
        {
            return;
        }

        Locked(() => _pStates = table);
        news = (news is null ? "" : news + " ") + (same ? "" : "Its P-states are others than before. ")
            + $"scaling_min_freq and scaling_max_freq now allow {table[table.SlowestAllowed]} to {table[table.FastestAllowed]} kHz; it was {before[before.SlowestAllowed]} to {before[before.FastestAllowed]}."
            + string.Concat(BoundsNotes(policy, table).Where(_ => table.FastestAllowed == table.SlowestAllowed).Select(note => " " + note));
    }

    private static IEnumerable<string> BoundsNotes(CpufreqPolicy policy, PStateTable table)
    {
        if (table.FastestAllowed == table.SlowestAllowed && table.Count > 1)
        {
            yield return $"The bounds of policy {policy.Number} leave no room: scaling_min_freq {policy.MinKHz} and scaling_max_freq {policy.MaxKHz} allow {table[table.FastestAllowed]} kHz only. "
                + $"Write {policy.HardwareMinKHz} and {policy.HardwareMaxKHz} to them for all there is; it is seen within seconds.";
        }
        else if (table.FastestAllowed > 0)
        {
            yield return $"scaling_max_freq of policy {policy.Number} allows no more than {policy.MaxKHz} of {policy.HardwareMaxKHz} kHz: a bound of the administrator, or a limit by firmware or heat. When it rises, guests get more within a second.";
        }
    }

    private void Locked(Action change)
    {
        lock (_io)
        {
            change();
        }
    }
}
