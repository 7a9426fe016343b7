using System.Collections.Concurrent;
using PollScale.HostStub.Guest.Files;
using PollScale.HostStub.Guest.Futexes;
using PollScale.HostStub.Guest.Signals;
using PollScale.HostStub.Kvm;
using PollScale.HostStub.Kvm.Abi;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Placement;
using PollScale.Placement;

namespace PollScale.HostStub.Guest;

/// <summary>The process a micro-VM runs: its memory, threads and files, its children, which share its memory, and how it ended.</summary>
internal sealed class GuestProcess : IDisposable
{
    /// <summary>Process id of the program, and thread id of its main thread, as the guest sees them.</summary>
    public const int Pid = 1;

    private readonly Lock _threadsLock = new();
    private readonly ConcurrentDictionary<int, GuestThread> _threads = new();
    private readonly Stack<int> _freeVcpus = new();
    private readonly Dictionary<int, KvmVcpu> _parked = [];
    private readonly ManualResetEventSlim _allLeft = new(initialState: true);
    private readonly KvmVm _vm;
    private readonly GuestMemory _memory;
    private readonly kvm_cpuid_entry2[] _cpuid;
    private GuestOutcome? _outcome;
    private volatile bool _raised;
    private int _nextTid = Pid;
    private int _nextVcpu;
    private int _mainStatus;
    private int _refusalTold;

    public GuestProcess(KvmVm vm, GuestMemory memory, AddressSpace space, kvm_cpuid_entry2[] cpuid, GuestProcessOptions options)
    {
        _vm = vm;
        _memory = memory;
        _cpuid = cpuid;
        Space = space;
        Options = options;
        Console = new GuestConsole(options.ConsoleLine);
        Files = new FileTable(Console);
        Paths = new GuestPaths(options.PacketRegionSize);
        Futexes = new FutexTable(space);
        Timers = new TimerQueue(PrepareTimers, Ring, e => FailHost("kept the guest's timers", e));
    }

    public GuestProcessOptions Options { get; }

    public AddressSpace Space { get; }

    /// <summary>Bytes of guest RAM.</summary>
    public ulong MemorySize => _memory.Size;

    /// <summary>The program's own threads.</summary>
    public ThreadGroup Program { get; } = new(Pid, new SignalTable());

    public ChildTable Children { get; } = new();

    public TimerQueue Timers { get; }

    public FutexTable Futexes { get; }

    public GuestConsole Console { get; }

    /// <summary>The program's descriptors.</summary>
    public FileTable Files { get; }

    public GuestPaths Paths { get; }

    /// <summary>Rings when a file or a child changed.</summary>
    public WaitBell Bell { get; } = new();

    public SyscallLog Syscalls { get; } = new();

    /// <summary>The process's end, once there is one.</summary>
    public GuestOutcome? Outcome => Volatile.Read(ref _outcome);

    /// <summary>True once no thread may go on.</summary>
    public bool Ended => Outcome is not null;

    /// <summary>Runs a thread until it or the process ends; the exit loop.</summary>
    public required Action<GuestThread> ThreadMain { get; init; }

    /// <summary>Makes a thread of the program with its vCPU; it runs after <see cref="Run"/>.</summary>
    /// <returns>Null when the guest has as many threads as it may, children among them.</returns>
    /// <param name="rip">Its first instruction.</param>
    /// <param name="rsp">Its stack pointer.</param>
    /// <param name="files">Its descriptors; null for the program's.</param>
    public GuestThread? TryCreateThread(ulong rip, ulong rsp, FileTable? files = null) => TryCreate(rip, rsp, _ => Program, files ?? Files.Share());

    /// <summary>Makes a child of one thread, likewise.</summary>
    /// <param name="rip">Its first instruction.</param>
    /// <param name="rsp">Its stack pointer.</param>
    /// <param name="files">Its descriptors.</param>
    /// <param name="exitSignal">Signal its end sends to the program, or 0.</param>
    public GuestThread? TryCreateChild(ulong rip, ulong rsp, FileTable files, int exitSignal)
    {
        GuestThread? thread = TryCreate(rip, rsp, tid => new ChildProcess(tid, Program.Signals.Copy(), exitSignal), files);
        if (thread is { Child: { } child })
        {
            Children.Add(child);
        }

        return thread;
    }

    /// <summary>Starts a thread's host thread; harmless after <see cref="Abandon"/>.</summary>
    public void Run(GuestThread thread)
    {
        const int StackBytes = 256 * 1024;
        if (thread.TryClaim())
        {
            try
            {
                new HostThread($"vCPU {thread.Vcpu.Id}", () => HostThreadMain(thread), stackBytes: StackBytes).Start();
            }
            catch
            {
                Leave(thread);
                throw;
            }
        }
    }

    /// <summary>Gives up a thread that <see cref="Run"/> was not called for, so that nobody waits for it.</summary>
    public void Abandon(GuestThread thread)
    {
        if (thread.TryClaim())
        {
            Leave(thread);
        }
    }

    /// <summary>Gives every thread, present and future, its scheduling class where the system permits.</summary>
    public void RaisePriority()
    {
        _raised = true;
        foreach (GuestThread thread in _threads.Values)
        {
            Schedule(thread);
        }
    }

    /// <summary>Finds a thread of the program or of a child.</summary>
    public GuestThread? FindThread(long tid) => tid is > 0 and <= int.MaxValue && _threads.TryGetValue((int)tid, out GuestThread? thread) ? thread : null;

    /// <summary>True while a thread of the process is left.</summary>
    public bool IsAlive(ThreadGroup group) => _threads.Values.Any(t => t.Group == group);

    /// <summary>Sends a signal to a process: any thread that does not block it may take it.</summary>
    /// <returns>False when one of its number was pending already.</returns>
    public bool Send(ThreadGroup group, SignalInfo signal)
    {
        GuestThread[] threads = [.. _threads.Values.Where(t => t.Group == group).OrderBy(t => t.Tid)];
        if (threads.Length == 0 || (group.Signals.Ignores(signal) && !threads[0].Signals.Blocks(signal.Number)))
        {
            return true;
        }

        bool posted = group.Pending.Post(signal);
        Array.Find(threads, t => t.Signals.Wants(signal.Number))?.Kick();
        return posted;
    }

    /// <summary>Ends the process; the first end counts.</summary>
    public void End(GuestOutcome outcome)
    {
        if (Interlocked.CompareExchange(ref _outcome, outcome, null) is null)
        {
            GuestEvents.GuestEnded(Options.Log, outcome.Cause);
            Timers.Stop();
            foreach (GuestThread thread in _threads.Values)
            {
                thread.Kick();
            }
        }
    }

    /// <summary>Ends the process with an exit status.</summary>
    public void EndExited(int status) =>
        End(new GuestOutcome(GuestEnd.Exited, status, $"The guest exited with status {status}.", null, Console.ToString()));

    /// <summary>Ends the process as failed.</summary>
    public void Fail(string cause, string? report = null) => End(new GuestOutcome(GuestEnd.Failed, -1, cause, report, Console.ToString()));

    /// <summary>Waits until every thread left; then nothing runs the VM any more.</summary>
    public bool WaitForThreads(TimeSpan timeout) => _allLeft.Wait(timeout);

    public void Dispose()
    {
        foreach (KvmVcpu vcpu in _parked.Values)
        {
            vcpu.Dispose();
        }

        _parked.Clear();
        Timers.Dispose();
        _allLeft.Dispose();
    }

    private GuestThread? TryCreate(ulong rip, ulong rsp, Func<int, ThreadGroup> groupOf, FileTable files)
    {
        lock (_threadsLock)
        {
            if (Ended || _threads.Count >= GuestLayout.MaxThreads)
            {
                files.Leave();
                return null;
            }

            KvmVcpu vcpu = TakeVcpu();
            int tid = _nextTid++;
            CpuSetup.Prepare(vcpu, Space.Tables.Root, rip, rsp);
            GuestThread thread = new(tid, vcpu, tid == Pid ? Options.LcoreCpu : Options.HousekeepingCpu, groupOf(tid), files) { User = vcpu.Regs };
            _threads[tid] = thread;
            _allLeft.Reset();
            return thread;
        }
    }

    // A helper thread must get its turn on the housekeeping CPU, which the traffic thread never leaves.
    private void Schedule(GuestThread thread)
    {
        bool scheduled = thread.Schedule(Options.Scheduling, thread.Tid == Pid ? ThreadPlacement.PollingPriority : ThreadPlacement.CallPriority);
        if (!scheduled && Interlocked.Exchange(ref _refusalTold, 1) == 0) // a guest may make any number of threads
        {
            GuestEvents.PriorityRefused(Options.Log, thread.Tid, Options.Scheduling);
        }
    }

    private KvmVcpu TakeVcpu()
    {
        // KVM cannot delete a vCPU of a living VM: those of ended threads serve new ones.
        int id = _freeVcpus.TryPop(out int free) ? free : _nextVcpu++;
        SystemRegion.BuildVcpuBlock(_memory, Space.Tables, id);
        if (_parked.Remove(id, out KvmVcpu? parked))
        {
            return parked;
        }

        KvmVcpu vcpu = _vm.CreateVcpu(id);
        CpuSetup.Introduce(vcpu, _cpuid);
        return vcpu;
    }

    private void HostThreadMain(GuestThread thread)
    {
        try
        {
            thread.Adopt();
            ThreadPlacement.Pin(thread.PCpu);
            GuestEvents.ThreadRuns(Options.Log, thread.Tid, thread.Vcpu.Id, thread.PCpu);
            if (_raised)
            {
                Schedule(thread);
            }

            ThreadMain(thread);
        }
        catch (Exception e)
        {
            FailHost($"served thread {thread.Tid} of the guest", e);
        }
        finally
        {
            try
            {
                Leave(thread);
            }
            catch (Exception e)
            {
                FailHost($"took leave of thread {thread.Tid} of the guest", e);
                Forget(thread);
            }
        }
    }

    // Whatever happens on a thread of the VM ends its guest, never the host, and is the run's to report.
    private void FailHost(string task, Exception e)
    {
        try
        {
            End(HostFailure.Of(task, e, Console.ToString()));
        }
        catch (Exception)
        {
            // Kicking another thread failed, too. The outcome stands, and who waits looks at it within a slice.
        }
    }

    private void Forget(GuestThread thread)
    {
        lock (_threadsLock)
        {
            _threads.TryRemove(thread.Tid, out _);
            if (_threads.IsEmpty)
            {
                _allLeft.Set();
            }
        }
    }

    private void PrepareTimers()
    {
        ThreadPlacement.Pin(Options.HousekeepingCpu);

        // The traffic thread never leaves this CPU; a timer must ring beside it.
        ThreadPlacement.TrySchedule(Options.Scheduling, ThreadPlacement.WatchPriority);
    }

    private void Ring(GuestTimer timer)
    {
        if (timer.Signal == 0)
        {
            return;
        }

        bool told = timer.Tid == 0 ? Send(timer.Group, timer.Info) : FindThread(timer.Tid)?.Send(timer.Info) ?? true;
        if (!told)
        {
            timer.Miss(1);
        }
    }

    private void Leave(GuestThread thread)
    {
        lock (_threadsLock)
        {
            _threads.TryRemove(thread.Tid, out _);
            thread.Retire();
            _parked[thread.Vcpu.Id] = thread.Vcpu;
            if (thread.Tid == Pid)
            {
                // The lcore's vCPU goes to no other thread: its number is an identity, and others run on another pCPU.
                _mainStatus = thread.ExitStatus;
            }
            else
            {
                _freeVcpus.Push(thread.Vcpu.Id);
            }

            thread.Files.Leave();
            if (thread.Child is { } child)
            {
                Timers.Forget(child);
                Children.Ended(child);
                Bell.Ring();
            }

            if (_threads.IsEmpty)
            {
                // Threads may leave one by one with exit(2): the last one ends the process, with the main thread's status.
                EndExited(_mainStatus);
                _allLeft.Set();
            }
        }

        if (thread.Child is { } left)
        {
            if (left.ExitSignal != 0)
            {
                const int StatusShift = 8;
                bool exited = (left.WaitStatus & 0x7F) == 0;
                Send(Program, new SignalInfo(left.ExitSignal, exited ? SignalInfo.CLD_EXITED : SignalInfo.CLD_KILLED, Sender: left.Pid,
                    Status: exited ? left.WaitStatus >> StatusShift : left.WaitStatus));
            }

            left.Release();
        }
    }
}
