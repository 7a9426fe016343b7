using PollScale.HostStub.Guest.Files;
using PollScale.HostStub.Guest.Futexes;
using PollScale.HostStub.Guest.Signals;
using PollScale.HostStub.Kvm;
using PollScale.HostStub.Kvm.Abi;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Placement;
using PollScale.Native;

namespace PollScale.HostStub.Guest;

/// <summary>
/// One guest thread: a vCPU of its own and the host thread that runs it. A guest thread blocks by blocking its host thread, so that
/// the host's scheduler, futexes and clocks serve the guest as they are.
/// </summary>
internal sealed class GuestThread(int tid, KvmVcpu vcpu, int pCpu, ThreadGroup group, FileTable files)
{
    private readonly Lock _kickLock = new();
    private int _hostTid;
    private int _claimed;
    private bool _finished;

    /// <summary>Thread id as the guest sees it; the main thread has 1.</summary>
    public int Tid => tid;

    /// <summary>Its vCPU.</summary>
    public KvmVcpu Vcpu => vcpu;

    /// <summary>Host CPU the vCPU is pinned to.</summary>
    public int PCpu => pCpu;

    /// <summary>The process it belongs to.</summary>
    public ThreadGroup Group => group;

    /// <summary>The child process that it is, or null for a thread of the guest's program.</summary>
    public ChildProcess? Child => group as ChildProcess;

    /// <summary>Blocked, pending and half-delivered signals.</summary>
    public ThreadSignals Signals { get; } = new(group.Pending);

    /// <summary>Its descriptors.</summary>
    public FileTable Files => files;

    /// <summary>Its place in a futex's queue.</summary>
    public FutexWaiter Waiter { get; } = new();

    /// <summary>Head of the list of robust futexes it holds, or 0.</summary>
    public ulong RobustList { get; set; }

    /// <summary>Address to clear and wake when the thread ends, or 0.</summary>
    public ulong ClearChildTid { get; set; }

    /// <summary>Bytes of a thread's name with its zero.</summary>
    public const int MaxName = 16;

    /// <summary>Its name, as prctl gives it.</summary>
    public byte[] Name { get; set; } = new byte[MaxName];

    /// <summary>The thread called exit, or was a child that died.</summary>
    public bool Exited { get; set; }

    /// <summary>Status the thread gave to exit, 0 .. 255.</summary>
    public int ExitStatus { get; set; }

    /// <summary>Number of the system call in progress, or -1.</summary>
    public long CurrentSyscall { get; set; } = -1;

    /// <summary>Page faults in a row that the page tables do not explain; a stale translation is retried, for ever it is a failure.</summary>
    public int SpuriousFaults { get; set; }

    /// <summary>Address of the last such fault.</summary>
    public ulong SpuriousAddress { get; set; }

    /// <summary>The state the guest will see next: user registers, also while the vCPU stands in an entry stub.</summary>
    public kvm_regs User;

    /// <summary>Decides who has the thread, its host thread or <see cref="GuestProcess.Abandon"/>: true once.</summary>
    public bool TryClaim() => Interlocked.Exchange(ref _claimed, 1) == 0;

    /// <summary>Called on the host thread before it runs the vCPU.</summary>
    public void Adopt() => Volatile.Write(ref _hostTid, LibC.gettid());

    /// <summary>What the host thread has used of its CPU; null while and where that is not known.</summary>
    public ThreadUsage? Usage => Volatile.Read(ref _hostTid) is var hostTid and > 0 ? ThreadUsage.Read(Environment.ProcessId, hostTid) : null;

    /// <summary>Gets the host thread out of the guest or out of a blocking call; any thread may ask.</summary>
    public void Kick()
    {
        lock (_kickLock)
        {
            if (_finished)
            {
                return;
            }

            vcpu.RequestExit();
            if (Volatile.Read(ref _hostTid) is var hostTid and > 0)
            {
                KickSignal.Send(hostTid);
            }
        }
    }

    /// <summary>Makes a signal pending unless its process ignores it, and gets the thread to look; any thread may send.</summary>
    /// <returns>False when one of its number was pending already.</returns>
    public bool Send(SignalInfo signal)
    {
        bool posted = true;
        if (!group.Signals.Ignores(signal) || Signals.Blocks(signal.Number))
        {
            posted = Signals.Post(signal);
            Kick();
        }

        return posted;
    }

    /// <summary>Gives the host thread its scheduling class; before it runs, in vain.</summary>
    /// <returns>False where the system refused.</returns>
    public bool Schedule(SchedulingClass scheduling, int priority)
    {
        lock (_kickLock)
        {
            return _finished || _hostTid <= 0 || ThreadPlacement.TrySchedule(scheduling, priority, _hostTid);
        }
    }

    /// <summary>The host thread left: kicks are void, and the vCPU is free for another thread.</summary>
    public void Retire()
    {
        lock (_kickLock)
        {
            _finished = true;
            vcpu.ClearExitRequest();
        }
    }
}
