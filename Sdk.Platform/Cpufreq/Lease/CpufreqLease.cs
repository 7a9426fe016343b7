namespace PollScale.Cpufreq;

/// <summary>
/// A policy's settings, noted in a file before the first change and restored once: by <see cref="Restore"/>, or, had this process no time
/// for it, by the next one that opens the same folder.
/// </summary>
internal sealed class CpufreqLease
{
    private readonly Lock _lock = new();
    private readonly LeaseFolder _folder;
    private readonly int _policy;
    private readonly IDisposable _mark;
    private CpufreqPolicyFiles? _files;
    private LeaseRecord? _record;
    private bool _ended;

    /// <summary>Takes a policy's mark; nothing is noted yet, and old leases are not looked at.</summary>
    /// <exception cref="CpufreqException">Another process controls the policy.</exception>
    public CpufreqLease(LeaseFolder folder, int policy)
    {
        _folder = folder;
        _policy = policy;
        _mark = folder.Own(policy);
    }

    /// <summary>What is noted; null before the first change and after the end.</summary>
    public LeaseRecord? Record => _record;

    /// <summary>Notes the settings and how they will be changed, before they are; again for another way, or for a policy that the kernel made anew.</summary>
    /// <param name="files">What to restore through.</param>
    /// <param name="record">What to restore.</param>
    /// <exception cref="CpufreqException">It cannot be noted, or the old settings are restored already; nothing must be changed.</exception>
    public void Note(CpufreqPolicyFiles files, LeaseRecord record)
    {
        lock (_lock)
        {
            if (_ended)
            {
                throw new CpufreqException(CpufreqProblem.Failed, $"Policy {record.Policy} is given back already.");
            }

            try
            {
                _folder.Write(record);
                (_files, _record) = (files, record);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CpufreqException(CpufreqProblem.NoPermission, $"The lease file {_folder.FileOf(record.Policy)} cannot be written: {e.Message} Without it nothing is changed. Name another lease folder.", e);
            }
        }
    }

    /// <summary>Restores, and removes the file if all went well; else the next start tries again. Once only.</summary>
    /// <param name="through">The policy's files where those noted are of a policy that was made anew since; null for those noted.</param>
    /// <returns>What went wrong or was left as another program set it, a sentence each.</returns>
    public IReadOnlyList<string> Restore(CpufreqPolicyFiles? through = null)
    {
        lock (_lock)
        {
            if (_ended)
            {
                return [];
            }

            _ended = true;
            using IDisposable mark = _mark;
            List<string> notes = [];
            if (_record is LeaseRecord record && (through ?? _files) is CpufreqPolicyFiles files)
            {
                _record = null;
                CpufreqRestore restore = new CpufreqRestore(files, record).Run();
                notes.AddRange([.. restore.Kept is string kept ? [kept] : Array.Empty<string>(), .. restore.Failures]);
                if (restore.Failures.Count > 0)
                {
                    notes[^1] += $" {_folder.FileOf(_policy)} is kept: the next start with this lease folder tries again.";
                }
                else
                {
                    TryRemove(() => _folder.Delete(_policy), notes);
                }
            }

            TryRemove(() => _folder.Disown(_policy), notes);
            return notes;
        }
    }

    private void TryRemove(Action remove, List<string> notes)
    {
        try
        {
            remove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CpufreqException)
        {
            notes.Add($"The lease file {_folder.FileOf(_policy)} or the mark beside it cannot be removed: {e.Message}");
        }
    }
}
