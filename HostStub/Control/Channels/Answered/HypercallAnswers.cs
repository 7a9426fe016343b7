using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PollScale.Native;

namespace PollScale.HostStub.Channels.Answered;

/// <summary>
/// Hypercalls answered within their exit: the program in the kernel, what it is granted, and what it tells. Ends with this process, however that ends. One thread at a time grants and withdraws, one takes records. The kernel
/// warns in its log when the program is loaded: "is installing a program with bpf_probe_write_user helper that may corrupt user memory!".
/// </summary>
internal sealed class HypercallAnswers : IDisposable
{
    /// <summary>Most vCPUs granted at once.</summary>
    public const int MostGrants = 1024;

    private const int RingBytes = 1 << 18; // some 3,600 records
    private readonly BpfMap _grants;
    private readonly VcpuStates _states;
    private readonly BpfRing _records;
    private readonly Dictionary<ulong, int> _indices = [];
    private readonly Queue<int> _free = new(Enumerable.Range(0, MostGrants)); // the longest unused first: a call that is under way may still look at one
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
            made.Push(_records = BpfRing.Create(RingBytes, "pollscale_told"));
            Program = load(AnsweringProgram.Assemble(_grants.Descriptor.Fd, _states.Map.Descriptor.Fd, _records.Map.Descriptor.Fd, startBoottime));
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

    /// <summary>The states of granted vCPUs, by the index that <see cref="Grant"/> gives.</summary>
    public VcpuStates States => _states;

    /// <summary>Readable while there are records.</summary>
    public StreamDescriptor Records => _records.Map.Descriptor;

    /// <summary>Has hypercalls answered from now on, those of granted threads.</summary>
    /// <exception cref="Win32Exception">The system refused; ENOENT where KVM is not loaded.</exception>
    public void Attach() => _attached ??= RawTracepoint.Attach(AnsweringProgram.Tracepoint, Program);

    /// <summary>Grants, or renews a grant: then state and index stay. When a thread has ended its grant is withdrawn, before another thread can have one under its number.</summary>
    /// <param name="grant">What, and to whom.</param>
    /// <param name="inForce">P-state in force on its pCPU; without meaning where the thread has a grant.</param>
    /// <returns>Index of its state.</returns>
    /// <exception cref="InvalidOperationException"><see cref="MostGrants"/> are there.</exception>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public int Grant(AnsweredGrant grant, int inForce)
    {
        bool renewed = _indices.TryGetValue(grant.Owner, out int index);
        if (!renewed && !_free.TryPeek(out index))
        {
            throw new InvalidOperationException($"{MostGrants} vCPUs are granted already: serve the others by another channel.");
        }

        GrantEntry entry = GrantEntry.Of(grant, index);
        if (!renewed)
        {
            _states.Begin(index, new Standing(0, Standing.NoWish, inForce));
        }

        ulong owner = grant.Owner;
        _grants.Update(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in owner)), MemoryMarshal.AsBytes(new ReadOnlySpan<GrantEntry>(in entry)));
        if (!renewed)
        {
            _indices.Add(owner, _free.Dequeue());
        }

        return index;
    }

    /// <summary>Takes a grant back: a call that is under way may still be answered by it, none that comes later.</summary>
    /// <param name="grant">Whose.</param>
    /// <returns>False where there was none.</returns>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public bool Withdraw(AnsweredGrant grant)
    {
        ulong owner = grant.Owner;
        if (!_indices.Remove(owner, out int index))
        {
            return false;
        }

        _free.Enqueue(index);
        return _grants.Delete(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in owner)));
    }

    /// <summary>Takes the next record.</summary>
    /// <param name="record">The record.</param>
    /// <returns>False when there is none.</returns>
    public bool TryRead(out AnsweredRecord record)
    {
        record = default;
        return _records.TryRead(MemoryMarshal.AsBytes(new Span<AnsweredRecord>(ref record)), out _);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _attached?.Dispose();
        Program.Dispose();
        _records.Dispose();
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
