namespace PollScale.Cpufreq;

/// <summary>Restores what processes that were killed left behind. The caller holds the folder's lock.</summary>
/// <param name="folder">Where the leases are.</param>
/// <param name="tree">Only leases of this tree count: a file must not direct writes elsewhere.</param>
internal sealed class LeaseRecovery(LeaseFolder folder, CpufreqTree tree)
{
    private readonly List<string> _notes = [];

    /// <summary>What was done, a sentence each.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Looks at every lease.</summary>
    /// <param name="policy">The policy to be leased next: trouble with its lease is an error, with others a note.</param>
    /// <exception cref="CpufreqException">The policy's lease is held, corrupt, or could not be restored.</exception>
    public LeaseRecovery Run(int policy)
    {
        foreach (string path in folder.Files())
        {
            try
            {
                Recover(path, policy);
            }
            catch (CpufreqException e) when (path != folder.FileOf(policy))
            {
                _notes.Add(e.Message);
            }
        }

        return this;
    }

    private void Recover(string path, int wanted)
    {
        LeaseRecord lease;
        try
        {
            lease = LeaseFolder.Read(path);
            if (folder.FileOf(lease.Policy) != path)
            {
                throw new FormatException($"policy is {lease.Policy}, which the file's name contradicts");
            }
        }
        catch (FormatException e)
        {
            string aside = LeaseFolder.SetAside(path);
            throw new CpufreqException(
                CpufreqProblem.BadLease,
                $"The lease file {path} cannot be used: {e.Message}. It is kept as {aside}; nothing was restored from it. Look at the policy's scaling_governor and bounds, set them as they should be, and start again.", e);
        }

        if (lease.Owner.IsAlive() ?? IsOwned(lease.Policy))
        {
            if (lease.Policy == wanted)
            {
                throw new CpufreqException(
                    CpufreqProblem.Held,
                    $"cpufreq policy {wanted} is controlled by process {lease.Owner.Pid} ({lease.Owner.Command}), says {path}. End that process first, or choose a CPU of another policy.");
            }

            return;
        }

        if (Obsolete(lease) is string reason)
        {
            _notes.Add($"The lease file {path} of process {lease.Owner.Pid} is obsolete: {reason}. It is kept as {LeaseFolder.SetAside(path)}.");
            return;
        }

        Restore(path, lease);
    }

    private bool IsOwned(int policy)
    {
        using IDisposable? mark = folder.TryOwn(policy);
        return mark is null;
    }

    private string? Obsolete(LeaseRecord lease)
    {
        if (lease.Root != tree.Root)
        {
            return $"it is about {lease.Root}, not {tree.Root}";
        }

        if (lease.Owner.BootId != LeaseOwner.CurrentBoot())
        {
            return "the machine was restarted since, which reset the settings";
        }

        string? driver = tree.Files.ReadText(Path.Combine(Folder(lease), "scaling_driver"));
        return driver is not null && driver != lease.Driver ? $"the scaling driver was {lease.Driver} and is {driver}" : null;
    }

    private void Restore(string path, LeaseRecord lease)
    {
        using CpufreqPolicyFiles files = CpufreqPolicyFiles.Open(tree.Files, Folder(lease));
        CpufreqRestore restore = new CpufreqRestore(files, lease).Run();
        if (restore.Failures.Count > 0)
        {
            throw new CpufreqException(
                CpufreqProblem.BadLease,
                $"Process {lease.Owner.Pid} ({lease.Owner.Command}) ended without restoring policy {lease.Policy}, and that failed now too: {string.Join(' ', restore.Failures)} "
                + $"Set these as they should be and delete {path}, or start again to retry.");
        }

        folder.Delete(lease.Policy);
        _notes.Add($"Process {lease.Owner.Pid} ({lease.Owner.Command}) had ended without restoring policy {lease.Policy}; {restore.Kept ?? $"its governor is '{lease.Original.Governor}' again."}");
    }

    private string Folder(LeaseRecord lease) => Path.Combine(tree.Root, "cpufreq", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"policy{lease.Policy}"));
}
