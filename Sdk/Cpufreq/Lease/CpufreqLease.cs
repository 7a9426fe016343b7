namespace PollScale.Cpufreq;

/// <summary>
/// A policy's settings, noted in a file before the first change and restored once: by <see cref="Restore"/>, or, had this process no time
/// for it, by the next one that opens the same folder.
/// </summary>
internal sealed class CpufreqLease
{
    private readonly Lock _lock = new();
    private readonly LeaseFolder _folder;
    private readonly IDisposable _mark;
    private CpufreqPolicyFiles? _files;
    private LeaseRecord? _record;
    private bool _ended;

    /// <summary>Takes a policy's mark; nothing is noted yet. The caller holds the folder's lock and has recovered old leases.</summary>
    public CpufreqLease(LeaseFolder folder, int policy)
    {
        _folder = folder;
        _mark = folder.TryOwn(policy) ?? throw new CpufreqException(
            CpufreqProblem.Held, $"cpufreq policy {policy} is controlled by another process: it holds {folder.FileOf(policy)}.owner. End that process first.");
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
    /// <param name="folderIsLocked">The caller holds the folder's lock.</param>
    /// <param name="through">The policy's files where those noted are of a policy that was made anew since; null for those noted.</param>
    /// <returns>What went wrong or was left as another program set it, a sentence each.</returns>
    public IReadOnlyList<string> Restore(bool folderIsLocked = false, CpufreqPolicyFiles? through = null)
    {
        lock (_lock)
        {
            _ended = true;
            if (_record is not LeaseRecord record || (through ?? _files) is not CpufreqPolicyFiles files)
            {
                _mark.Dispose();
                return [];
            }

            _record = null;
            CpufreqRestore restore = new CpufreqRestore(files, record).Run();
            List<string> notes = [.. restore.Kept is string kept ? [kept] : Array.Empty<string>(), .. restore.Failures];
            if (restore.Failures.Count == 0)
            {
                Remove(record.Policy, folderIsLocked, notes);
            }
            else
            {
                notes[^1] += $" {_folder.FileOf(record.Policy)} is kept: the next start with this lease folder tries again.";
            }

            _mark.Dispose();
            return notes;
        }
    }

    // Under the lock, lest another process's new files go.
    private void Remove(int policy, bool folderIsLocked, List<string> notes)
    {
        try
        {
            using IDisposable? locked = folderIsLocked ? null : _folder.Lock();
            _folder.Delete(policy);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CpufreqException)
        {
            notes.Add($"The lease file {_folder.FileOf(policy)} cannot be removed: {e.Message}");
        }
    }
}
