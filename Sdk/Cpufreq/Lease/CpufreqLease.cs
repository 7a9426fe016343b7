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
    private LeaseRecord? _record;

    /// <summary>Notes the settings. The caller holds the folder's lock and has recovered old leases.</summary>
    public CpufreqLease(LeaseFolder folder, CpufreqPolicyFiles files, LeaseRecord record)
    {
        _folder = folder;
        _files = files;
        Change(record);
    }

    /// <summary>False once restored.</summary>
    public bool IsHeld => _record is not null;

    /// <summary>Another way to control the same policy, noted before it is used.</summary>
    public void Change(LeaseRecord record)
    {
        try
        {
            _folder.Write(record);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CpufreqException(CpufreqProblem.NoPermission, $"The lease file {_folder.FileOf(record.Policy)} cannot be written: {e.Message} Without it nothing is changed. Name another lease folder.", e);
        }

        _record = record;
    }

    /// <summary>Restores, and removes the file if all went well; else the next start tries again. Once only.</summary>
    /// <returns>What went wrong or was left as another program set it, a sentence each.</returns>
    public IReadOnlyList<string> Restore()
    {
        lock (_lock)
        {
            if (_record is not LeaseRecord record)
            {
                return [];
            }

            _record = null;
            CpufreqRestore restore = new CpufreqRestore(_files, record).Run();
            List<string> notes = [.. restore.Failures];
            if (restore.Kept is string kept)
            {
                notes.Add(kept);
            }

            try
            {
                if (restore.Failures.Count == 0)
                {
                    _folder.Delete(record.Policy);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                notes.Add($"The lease file {_folder.FileOf(record.Policy)} cannot be removed: {e.Message}");
            }

            return notes;
        }
    }
}
