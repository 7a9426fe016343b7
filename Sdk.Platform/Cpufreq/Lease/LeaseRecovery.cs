namespace PollScale.Cpufreq;

/// <summary>Restores what processes that were killed left behind, each policy under its mark.</summary>
/// <param name="folder">Where the leases are.</param>
/// <param name="tree">Only leases of this tree count: a file must not direct writes elsewhere.</param>
internal sealed class LeaseRecovery(LeaseFolder folder, CpufreqTree tree)
{
    private readonly List<string> _notes = [];

    /// <summary>What was done, a sentence each.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Looks at every lease.</summary>
    /// <param name="policy">The policy to be leased next, whose mark the caller holds: trouble with its lease is an error, with others a note.</param>
    /// <param name="files">That policy's files.</param>
    /// <exception cref="CpufreqException">The policy is held, here or through another lease folder, or could not be restored.</exception>
    public LeaseRecovery Run(int policy, CpufreqPolicyFiles files)
    {
        string? held = files.TryHold();
        foreach (string name in folder.Names())
        {
            if (name == LeaseFolder.NameOf(policy))
            {
                Recover(name, files, held);
                continue;
            }

            try
            {
                RecoverOther(name);
            }
            catch (CpufreqException e)
            {
                _notes.Add(e.Message);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _notes.Add($"The lease file {folder.PathOf(name)} cannot be read: {e.Message}");
            }
        }

        return held is null ? this : throw new CpufreqException(CpufreqProblem.Held, held);
    }

    private void RecoverOther(string name)
    {
        int? policy = LeaseFolder.PolicyOf(name);
        using IDisposable? mark = policy is int number ? folder.TryOwn(number) : null;
        if ((policy is not null && mark is null) || !folder.Has(name))
        {
            return; // somebody controls it, or restores it, or has done so
        }

        Recover(name, null, null);
        if (policy is int done)
        {
            folder.Disown(done);
        }
    }

    private void Recover(string name, CpufreqPolicyFiles? wanted, string? held)
    {
        LeaseRecord lease;
        string path = folder.PathOf(name);
        try
        {
            lease = folder.Read(name);
            if (LeaseFolder.NameOf(lease.Policy) != name)
            {
                throw new FormatException($"policy is {lease.Policy}, which the file's name contradicts");
            }
        }
        catch (FormatException e)
        {
            _notes.Add($"The lease file {path} cannot be used: {e.Message.TrimEnd('.')}. It is kept as {folder.SetAside(name)}; nothing was restored from it. "
                + "Compare the policy's scaling_governor and bounds with what they should be: what is found there now will be restored at the end.");
            return;
        }

        // Its mark is free: an owner of another pid namespace is no more.
        if (lease.Owner.IsAlive() == true)
        {
            if (wanted is not null)
            {
                throw new CpufreqException(
                    CpufreqProblem.Held,
                    $"cpufreq policy {lease.Policy} is controlled by process {lease.Owner.Pid} ({lease.Owner.Command}), says {path}. End that process first, or choose a CPU of another policy.");
            }

            return;
        }

        if (Obsolete(lease) is string reason)
        {
            _notes.Add($"The lease file {path} of process {lease.Owner.Pid} is obsolete: {reason}. It is kept as {folder.SetAside(name)}.");
            return;
        }

        if (wanted is not null)
        {
            Restore(path, lease, wanted, held);
            return;
        }

        using CpufreqPolicyFiles files = CpufreqPolicyFiles.Open(tree.Files, tree.FolderOf(lease.Policy));
        Restore(path, lease, files, files.TryHold());
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

        string? driver = tree.Files.ReadText(Path.Combine(tree.FolderOf(lease.Policy), "scaling_driver"));
        return driver is not null && driver != lease.Driver ? $"the scaling driver was {lease.Driver} and is {driver}" : null;
    }

    private void Restore(string path, LeaseRecord lease, CpufreqPolicyFiles files, string? held)
    {
        if (held is not null)
        {
            throw new CpufreqException(CpufreqProblem.Held, $"Process {lease.Owner.Pid} ({lease.Owner.Command}) ended without restoring policy {lease.Policy} ({path}), and now {held}");
        }

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
}
