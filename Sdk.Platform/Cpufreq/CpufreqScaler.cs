using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.Cpufreq;

/// <summary>
/// Sets the real frequency of a CPU: finds its policy, notes the settings in a lease, takes the governor it needs, and gives all back when
/// disposed, on a signal that ends the process, or, after kill -9, when the next one is opened.
/// </summary>
/// <remarks>Call <see cref="Set"/> on the CPU itself: a change then needs no interrupt to another one. Any thread may dispose.</remarks>
internal sealed partial class CpufreqScaler : IDisposable
{
    private readonly CpufreqTree _tree;
    private readonly LeaseFolder _folder;
    private readonly CpufreqLease _lease;
    private readonly ExitGuard _guard;
    private readonly List<string> _notes;
    private readonly Lock _io = new(); // a knob remembers what its last write left: one change at a time, and none after the end, however long the kernel takes
    private volatile CpufreqTakeover _taken;
    private volatile CpufreqPolicy _policy;
    private volatile PStateTable _pStates;
    private bool _released;

    private CpufreqScaler(CpufreqTree tree, LeaseFolder folder, CpufreqLease lease, CpufreqTakeover taken, IEnumerable<string> notes, bool signals)
    {
        _tree = tree;
        _folder = folder;
        _lease = lease;
        _taken = taken;
        _policy = taken.Policy;
        _pStates = CpufreqPStates.Build(_policy);
        _notes = [.. notes, .. taken.Notes, .. BoundsNotes(_policy, _pStates)];
        Start = _taken.Knob.Read();
        _guard = new ExitGuard(() => Release(), signals);
    }

    /// <summary>The policy as it was before, with the bounds that hold now.</summary>
    public CpufreqPolicy Policy => _policy;

    /// <summary>How it is controlled.</summary>
    public CpufreqPlan Plan => _taken.Plan;

    /// <summary>P-states; the allowed range is what the administrator's bounds leave. Another table after <see cref="Look"/> when bounds or driver changed.</summary>
    public PStateTable PStates => _pStates;

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
        CpufreqPolicyFiles files = CpufreqPolicyFiles.Open(tree.Files, tree.FolderOf(number));
        LeaseFolder? folder = null;
        CpufreqLease? lease = null;
        try
        {
            folder = new(options.LeaseFolder);
            lease = new CpufreqLease(folder, number);
            LeaseRecovery recovery = new LeaseRecovery(folder, tree).Run(number, files);
            CpufreqPolicy policy = tree.Read(number); // after recovery, which may have changed it
            CpufreqTakeover taken = new(tree.Root, policy, files, lease, CpufreqSettings.Read(files));
            return new CpufreqScaler(tree, folder, lease, taken, recovery.Notes, options.RestoreOnSignals);
        }
        catch (Exception e)
        {
            lease?.Restore();
            files.Dispose();
            folder?.Dispose();
            throw e is not (IOException or UnauthorizedAccessException) ? e
                : new CpufreqException(CpufreqProblem.NoPermission, $"A lease file cannot be read or moved: {e.Message} Run as the user it belongs to, or as root.", e);
        }
    }

    /// <summary>Sets a P-state and reads back what the kernel made of it. Allocates nothing.</summary>
    /// <param name="index">An index of <see cref="PStates"/>.</param>
    /// <returns>Where control is elsewhere, KHz is what scaling_cur_freq shows.</returns>
    public CpufreqResult Set(int index) => Do(index, onlyIfOther: false);

    /// <summary>Sets a P-state unless the kernel shows it already, which is read and not remembered. Allocates nothing.</summary>
    /// <param name="index">An index of <see cref="PStates"/>.</param>
    public CpufreqResult Ensure(int index) => Do(index, onlyIfOther: true);

    /// <summary>Reads what the kernel shows now, and whether control is still here. Allocates nothing.</summary>
    public CpufreqResult Read()
    {
        lock (_io)
        {
            return _released ? new CpufreqResult(CpufreqOutcome.Released, 0) : Truly(_taken.Knob.Read());
        }
    }

    /// <summary>The P-state nearest to a frequency.</summary>
    public int IndexOf(uint kHz) => PStates.Nearest(kHz);

    /// <summary>Restores what was found. <see cref="Notes"/> then tells what could not be.</summary>
    public void Dispose()
    {
        _guard.Dispose();
        Release();
        _taken.Files.Dispose();
        _folder.Dispose();
    }

    private CpufreqResult Do(int index, bool onlyIfOther)
    {
        lock (_io)
        {
            if (_released)
            {
                return new CpufreqResult(CpufreqOutcome.Released, 0);
            }

            uint kHz = _pStates[index];
            if (onlyIfOther)
            {
                CpufreqResult shown = _taken.Knob.Read();
                if (shown.Outcome != CpufreqOutcome.Applied || shown.KHz == kHz)
                {
                    return Truly(shown);
                }
            }

            return Truly(_taken.Knob.Set(kHz));
        }
    }

    // Where control is elsewhere the files that set a frequency say nothing about the present one.
    private CpufreqResult Truly(in CpufreqResult result) =>
        (result.Outcome == CpufreqOutcome.LostControl || result.KHz == 0) && _taken.Files.Current is CpufreqPolicyFile current && current.ReadKHz(out uint kHz) == 0 ? result with { KHz = kHz } : result;

    private void Release()
    {
        lock (_taking)
        {
            lock (_io)
            {
                _released = true;
            }

            using CpufreqPolicyFiles? anew = OpenAnew();
            Note(_lease.Restore(through: anew));
        }
    }

    private void Note(IReadOnlyList<string> notes)
    {
        lock (_notes)
        {
            _notes.AddRange(notes);
        }
    }

    private static int PinnedCpu() => ThreadAffinity.Read(out int cpu) == 1 ? cpu : throw new CpufreqException(
        CpufreqProblem.NoPolicy, "The calling thread is not pinned to one CPU, so it is not known whose frequency to set. Pin it first (taskset, sched_setaffinity), or name the CPU in CpufreqOptions.Cpu.");
}
