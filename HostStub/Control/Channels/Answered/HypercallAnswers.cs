using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PollScale.Native;

namespace PollScale.HostStub.Channels.Answered;

/// <summary>
/// Hypercalls answered within their exit: the program in the kernel, what it is granted, and what it tells. Ends with this process, however that ends. Places are taken from any thread; one at a time grants and withdraws. The kernel
/// warns in its log when the program is loaded: "is installing a program with bpf_probe_write_user helper that may corrupt user memory!".
/// </summary>
internal sealed class HypercallAnswers : IDisposable
{
    /// <summary>Most vCPUs granted at once.</summary>
    public const int MostGrants = 1024;

    private readonly BpfMap _grants, _rings;
    private readonly VcpuStates _states;
    private readonly ConcurrentQueue<AnsweredPlace> _free = []; // the longest unused first: a call that is under way may still look at one
    private int _places;
    private RawTracepoint? _attached;

    /// <summary>Loads the program; it runs from <see cref="Attach"/> on.</summary>
    /// <exception cref="Win32Exception">The system refused, and says why.</exception>
    /// <exception cref="InvalidOperationException">This kernel does not tell where its task_struct has what is needed, or this process sees other numbers of threads than the program does.</exception>
    public HypercallAnswers() : this(program => BpfProgram.Load(program, AnsweringProgram.Name))
    {
    }

    /// <summary>As above.</summary>
    /// <param name="load">Loads the program.</param>
    internal HypercallAnswers(Func<IReadOnlyList<BpfLine>, BpfProgram> load)
    {
        CheckNumbers();
        int startBoottime = FindStartBoottime();
        Stack<IDisposable> made = [];
        try
        {
            made.Push(_grants = BpfMap.Create(LibC.BPF_MAP_TYPE_HASH, sizeof(ulong), Unsafe.SizeOf<GrantEntry>(), MostGrants, LibC.BPF_F_RDONLY_PROG, "pollscale_grant"));
            made.Push(_states = new VcpuStates(MostGrants));
            using (BpfRing like = AnsweredPlace.NewRing())
            {
                made.Push(_rings = BpfMap.CreateArrayOf(like.Map, MostGrants, "pollscale_rings"));
            }

            Program = load(AnsweringProgram.Assemble(_grants.Descriptor.Fd, _states.Map.Descriptor.Fd, _rings.Descriptor.Fd, startBoottime));
        }
        catch
        {
            while (made.TryPop(out IDisposable? one))
            {
                one.Dispose();
            }

            throw;
        }
    }

    /// <summary>Loads the program and has it run.</summary>
    /// <exception cref="Win32Exception">As of <see cref="Attach"/>, or the program cannot be loaded.</exception>
    /// <exception cref="InvalidOperationException">As of the constructor.</exception>
    public static HypercallAnswers Begin()
    {
        HypercallAnswers answers = new();
        try
        {
            answers.Attach();
            return answers;
        }
        catch
        {
            answers.Dispose();
            throw;
        }
    }

    /// <summary>Why no program can answer hypercalls here, with what to do; null where one can. It is loaded, which the kernel notes in its log, and let go.</summary>
    public static string? WhyNot()
    {
        try
        {
            Begin().Dispose();
            return null;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            return e.Message;
        }
    }

    /// <summary>The program, loaded.</summary>
    public BpfProgram Program { get; }

    /// <summary>The states of granted vCPUs, by <see cref="AnsweredPlace.Index"/>.</summary>
    public VcpuStates States => _states;

    /// <summary>Has hypercalls answered from now on, those of granted threads.</summary>
    /// <exception cref="Win32Exception">The system refused; ENOENT where KVM is not loaded.</exception>
    public void Attach() => _attached ??= RawTracepoint.Attach(AnsweringProgram.Tracepoint, Program);

    /// <summary>A place for a vCPU, until <see cref="Return"/>. The first time that one is needed this waits for the kernel, some 10 ms.</summary>
    /// <exception cref="InvalidOperationException"><see cref="MostGrants"/> are taken.</exception>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public AnsweredPlace Take()
    {
        if (_free.TryDequeue(out AnsweredPlace? free))
        {
            return free;
        }

        if (Interlocked.Increment(ref _places) is var places && places > MostGrants)
        {
            Interlocked.Decrement(ref _places);
            throw new InvalidOperationException($"{MostGrants} vCPUs are answered already, which is all that the program has room for: serve the others by another channel.");
        }

        AnsweredPlace place = new(places - 1);
        try
        {
            place.PutInto(_rings);
        }
        catch
        {
            place.Dispose();
            throw;
        }

        return place;
    }

    /// <summary>Gives a place back that has no grant.</summary>
    /// <param name="place">The place; nobody reads its records any more.</param>
    public void Return(AnsweredPlace place) => _free.Enqueue(place);

    /// <summary>Grants, or renews a grant: then the state stays. When a thread has ended its grant is withdrawn, before another thread can have one under its number.</summary>
    /// <param name="place">Where.</param>
    /// <param name="grant">What, and to whom.</param>
    /// <param name="inForce">P-state in force on its pCPU; without meaning where the thread has a grant.</param>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public void Grant(AnsweredPlace place, AnsweredGrant grant, int inForce)
    {
        GrantEntry entry = GrantEntry.Of(grant, place.Index);
        if (!place.IsGranted)
        {
            _states.Begin(place.Index, new Standing(0, Standing.NoWish, inForce));
        }

        ulong owner = grant.Owner;
        _grants.Update(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in owner)), MemoryMarshal.AsBytes(new ReadOnlySpan<GrantEntry>(in entry)));
        place.IsGranted = true;
    }

    /// <summary>Takes a grant back: a call that is under way may still be answered by it, none that comes later.</summary>
    /// <param name="place">Where it is.</param>
    /// <param name="grant">Whose.</param>
    /// <returns>False where there was none.</returns>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public bool Withdraw(AnsweredPlace place, AnsweredGrant grant)
    {
        ulong owner = grant.Owner;
        bool wasGranted = place.IsGranted;
        place.IsGranted = false;
        return wasGranted && _grants.Delete(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in owner)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _attached?.Dispose();
        Program.Dispose();
        while (_free.TryDequeue(out AnsweredPlace? place))
        {
            place.Dispose();
        }

        _rings.Dispose();
        _states.Dispose();
        _grants.Dispose();
    }

    // The program gets numbers of threads as the first pid namespace has them; each names its inode.
    private static void CheckNumbers()
    {
        const string Namespace = "/proc/self/ns/pid", First = "pid:[4026531836]";
        if (new FileInfo(Namespace).LinkTarget is string own and not First)
        {
            throw new InvalidOperationException($"{Namespace} is {own}, and the kernel tells a BPF program numbers of threads as {First} has them: run outside of containers, or with the host's pid namespace.");
        }
    }

    private static int FindStartBoottime()
    {
        const string Struct = "task_struct", Member = "start_boottime";
        try
        {
            return KernelTypes.Parse(File.ReadAllBytes(KernelTypes.Path))?.FindMember(Struct, Member)
                ?? throw new InvalidOperationException($"{KernelTypes.Path} has no {Struct}.{Member}, by which a thread is told from a later one of its number: Linux 5.11 or newer is needed.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"{KernelTypes.Path} cannot be read, where the kernel tells its types: it was built without CONFIG_DEBUG_INFO_BTF, or sysfs is not mounted. ({e.Message})", e);
        }
    }
}
