namespace PollScale.Cpufreq;

/// <summary>
/// A policy's settings, noted in a file before the first change and restored once: by <see cref="Restore"/>, or, had this process no time
/// for it, by the next one that opens the same folder.
/// </summary>
internal sealed class CpufreqLease
{
    private readonly Lock _lock = new();
    private readonly LeaseFolder _folder;
    private readonly CpufreqPolicyFiles _files;
    private readonly IDisposable _mark;
    private LeaseRecord? _record;

    /// <summary>Takes a policy's mark; nothing is noted yet. The caller holds the folder's lock and has recovered old leases.</summary>
    public CpufreqLease(LeaseFolder folder, CpufreqPolicyFiles files, int policy)
    {
        _folder = folder;
        _files = files;
        _mark = folder.TryOwn(policy) ?? throw new CpufreqException(
            CpufreqProblem.Held, $"cpufreq policy {policy} is controlled by another process: it holds {folder.FileOf(policy)}.owner. End that process first.");
    }

    /// <summary>Notes the settings and how they will be changed, before they are; again for another way.</summary>
    public void Note(LeaseRecord record)
    {
        _record = record;
        try
        {
            _folder.Write(record);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CpufreqException(CpufreqProblem.NoPermission, $"The lease file {_folder.FileOf(record.Policy)} cannot be written: {e.Message} Without it nothing is changed. Name another lease folder.", e);
        }
    }

    /// <summary>Restores, and removes the file if all went well; else the next start tries again. Once only.</summary>
    /// <param name="folderIsLocked">The caller holds the folder's lock.</param>
    /// <returns>What went wrong or was left as another program set it, a sentence each.</returns>
    public IReadOnlyList<string> Restore(bool folderIsLocked = false)
    {
        lock (_lock)
        {
            if (_record is not LeaseRecord record)
            {
                _mark.Dispose();
                return [];
            }

            _record = null;
            CpufreqRestore restore = new CpufreqRestore(_files, record).Run();
            List<string> notes = [.. restore.Failures];
            if (restore.Kept is string kept)
            {
                notes.Add(kept);
            }

            if (restore.Failures.Count == 0)
            {
                Remove(record.Policy, folderIsLocked, notes);
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
