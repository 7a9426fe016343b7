using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.Cpufreq;

/// <summary>
/// Sets the real frequency of a CPU: finds its policy, notes the settings in a lease, takes the governor it needs, and gives all back when
/// disposed, on a signal that ends the process, or, after kill -9, when the next one is opened.
/// </summary>
/// <remarks>Call <see cref="Set"/> on the CPU itself: a change then needs no interrupt to another one. Any thread may dispose.</remarks>
public sealed class CpufreqScaler : IDisposable
{
    private readonly CpufreqPolicyFiles _files;
    private readonly CpufreqLease _lease;
    private readonly IFrequencyKnob _knob;
    private readonly ExitGuard _guard;
    private readonly List<string> _notes;
    private SpinLock _lock = new(enableThreadOwnerTracking: false); // a Monitor allocates under contention
    private bool _released;

    private CpufreqScaler(CpufreqPolicy policy, PStateTable pStates, CpufreqPolicyFiles files, CpufreqTakeover takeover, bool signals)
    {
        _files = files;
        _lease = takeover.Lease;
        _notes = takeover.Notes;
        _knob = takeover.Knob;
        Policy = policy;
        Plan = takeover.Plan;
        PStates = pStates;
        Start = _knob.Read();
        _guard = new ExitGuard(() => Release(), signals);
    }

    /// <summary>The policy as it was before.</summary>
    public CpufreqPolicy Policy { get; }

    /// <summary>How it is controlled.</summary>
    public CpufreqPlan Plan { get; }

    /// <summary>P-states; the allowed range is what the administrator's bounds leave.</summary>
    public PStateTable PStates { get; }

    /// <summary>The frequency at the start.</summary>
    public CpufreqResult Start { get; }

    /// <summary>What a user should know, a sentence each: leases recovered, other CPUs that change too, what could not be restored.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (_notes)
            {
                return [.. _notes];
            }
        }
    }

    /// <summary>Takes control of a CPU's frequency.</summary>
    /// <exception cref="CpufreqException">It cannot be controlled; nothing stays changed.</exception>
    public static CpufreqScaler Open(CpufreqOptions? options = null)
    {
        options ??= new CpufreqOptions();
        return Open(options, new CpufreqTree(options.Root));
    }

    internal static CpufreqScaler Open(CpufreqOptions options, CpufreqTree tree)
    {
        int number = tree.PolicyOf(options.Cpu ?? PinnedCpu());
        CpufreqPolicyFiles files = CpufreqPolicyFiles.Open(tree.Files, Path.Combine(tree.Root, "cpufreq", $"policy{number}"));
        try
        {
            LeaseFolder folder = new(options.LeaseFolder);
            using IDisposable locked = folder.Lock();
            LeaseRecovery recovery = new LeaseRecovery(folder, tree).Run(number);
            CpufreqPolicy policy = tree.Read(number); // after recovery, which may have changed it
            PStateTable pStates = CpufreqPStates.Build(policy);
            CpufreqTakeover takeover = new(policy, files, folder, tree.Root, recovery.Notes);
            return new CpufreqScaler(policy, pStates, files, takeover, options.RestoreOnSignals);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            files.Dispose();
            throw new CpufreqException(CpufreqProblem.NoPermission, $"A lease file cannot be read or moved: {e.Message} Run as the user it belongs to, or as root.", e);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Sets a P-state and reads back what the kernel made of it. Allocates nothing.</summary>
    /// <param name="index">An index of <see cref="PStates"/>.</param>
    public CpufreqResult Set(int index)
    {
        uint kHz = PStates[index];
        bool taken = false;
        try
        {
            _lock.Enter(ref taken);
            return _released ? new CpufreqResult(CpufreqOutcome.Released, 0) : _knob.Set(kHz);
        }
        finally
        {
            _lock.Exit(useMemoryBarrier: true);
        }
    }

    /// <summary>Reads what the kernel shows now, and whether control is still here. Allocates nothing.</summary>
    public CpufreqResult Read()
    {
        bool taken = false;
        try
        {
            _lock.Enter(ref taken);
            return _released ? new CpufreqResult(CpufreqOutcome.Released, 0) : _knob.Read();
        }
        finally
        {
            _lock.Exit(useMemoryBarrier: true);
        }
    }

    /// <summary>The P-state nearest to a frequency.</summary>
    public int IndexOf(uint kHz) => PStates.Nearest(kHz);

    /// <summary>Restores what was found. <see cref="Notes"/> then tells what could not be.</summary>
    public void Dispose()
    {
        _guard.Dispose();
        Release();
        _files.Dispose();
    }

    private void Release()
    {
        bool taken = false;
        try
        {
            _lock.Enter(ref taken);
            _released = true;
        }
        finally
        {
            _lock.Exit(useMemoryBarrier: true);
        }

        IReadOnlyList<string> notes = _lease.Restore();
        lock (_notes)
        {
            _notes.AddRange(notes);
        }
    }

    private static int PinnedCpu() => ThreadAffinity.Read(out int cpu) == 1 ? cpu : throw new CpufreqException(
        CpufreqProblem.NoPolicy, "The calling thread is not pinned to one CPU, so it is not known whose frequency to set. Pin it first (taskset, sched_setaffinity), or name the CPU in CpufreqOptions.Cpu.");
}
