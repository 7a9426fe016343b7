using PollScale.HostStub.Guest;
using PollScale.HostStub.Guest.Signals;
using PollScale.HostStub.Guest.Syscalls;
using PollScale.HostStub.Kvm.Abi;
using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Exits;

/// <summary>
/// What a kernel's entry code does: takes the user registers out of an entry stub's exit, has the system call or fault answered,
/// delivers signals, and returns to user mode the way this host allows.
/// </summary>
internal sealed class UserEntry(GuestProcess process, GuestMemory memory, LinuxPersonality personality)
{
    private const int FrameBytes = 5 * sizeof(ulong);
    private const int SyscallInstructionBytes = 2;
    private const int MaxSpuriousFaults = 1000;

    /// <summary>
    /// CPL in the syscall stub: 0 where SYSCALL raises it, 3 on a software-nested host (kvm_pvm), which enters the stub without. Known after the boot call.
    /// </summary>
    private volatile int _syscallCpl = -1;

    /// <summary>A system call: the vCPU stands in the syscall stub.</summary>
    public void Syscall(GuestThread thread)
    {
        ref kvm_regs regs = ref thread.Vcpu.Regs;
        if (_syscallCpl < 0)
        {
            _syscallCpl = thread.Vcpu.GetSregs().cs.dpl;
            thread.User = new kvm_regs { rip = regs.rdi, rsp = regs.rsp, rflags = sigcontext.SafeFlags(0) };
            Return(thread, viaStub: _syscallCpl == 0);
            return;
        }

        // Code that jumped to the stub may have forged both.
        thread.User = regs;
        thread.User.rip = regs.rcx;
        thread.User.rflags = sigcontext.SafeFlags(regs.r11);
        thread.SpuriousFaults = 0;
        long result = personality.Handle(thread);
        if (IsGone(thread))
        {
            return;
        }

        bool restart = result is SyscallResult.Restart or SyscallResult.RestartWithoutHandler;
        if (result == SyscallResult.NoFrame)
        {
            SignalInfo signal = new(SignalInfo.SIGSEGV, SignalInfo.SI_KERNEL);
            if (thread.Group.Signals.Ignores(signal) || thread.Signals.Blocks(signal.Number))
            {
                Fail(thread, $"rt_sigreturn without a signal frame at 0x{thread.User.rsp:x}", "SIGSEGV, which it blocks or ignores", signal.Number);
                return;
            }

            thread.Signals.Post(signal);
        }
        else if (result != SyscallResult.NoResult)
        {
            thread.User.rax = (ulong)(restart ? -LibC.EINTR : result);
        }

        bool entered = DeliverSignals(thread, result == SyscallResult.Restart ? regs.rax : null);
        if (thread.Signals.SavedMask is not null && !IsGone(thread))
        {
            // What interrupted the call had no handler; the mask of before may let others through.
            thread.Signals.EndCall();
            entered = DeliverSignals(thread, restartNumber: null);
        }

        if (restart && !entered)
        {
            Repeat(ref thread.User, regs.rax);
        }

        Return(thread, viaStub: _syscallCpl == 0);
    }

    /// <summary>An exception: the vCPU stands in a vector's stub, its frame on the kernel stack.</summary>
    public void Exception(GuestThread thread, int vector)
    {
        ref kvm_regs regs = ref thread.Vcpu.Regs;
        ulong frame = ReturnFrame(thread);
        ulong cs = memory.U64(frame + 8);
        thread.User = regs;
        thread.User.rip = memory.U64(frame);
        thread.User.rflags = memory.U64(frame + 16);
        thread.User.rsp = memory.U64(frame + 24);
        ulong errorCode = memory.U64(frame - 8);
        if ((cs & 3) != 3)
        {
            Fail(thread, $"exception {vector} (error code 0x{errorCode:x}) in an entry stub", "it made its own return to user mode impossible", SignalInfo.SIGSEGV);
            return;
        }

        ulong faultAddress = vector == FaultSignals.PageFault ? thread.Vcpu.GetSregs().cr2 : 0;
        if (vector == FaultSignals.PageFault && IsStale(thread, faultAddress, errorCode))
        {
            DeliverSignals(thread, restartNumber: null);
            Return(thread, viaStub: true);
            return;
        }

        SignalInfo signal = FaultSignals.For(vector, errorCode, faultAddress, thread.User.rip);
        SignalAction action = thread.Group.Signals[signal.Number];
        bool blocked = thread.Signals.Blocks(signal.Number);
        if (blocked || action.Handler is SignalAction.SIG_DFL or SignalAction.SIG_IGN)
        {
            Fail(thread, FaultSignals.Describe(vector, errorCode, faultAddress, thread.User.rip),
                blocked ? $"{signal.Name}, which it blocks" : $"{signal.Name} and no handler for it", signal.Number);
            return;
        }

        Enter(thread, thread.Group.Signals.Consume(signal.Number), signal);
        DeliverSignals(thread, restartNumber: null);
        Return(thread, viaStub: true);
    }

    /// <summary>The vCPU was interrupted at any instruction.</summary>
    public void Interrupted(GuestThread thread)
    {
        ref kvm_regs regs = ref thread.Vcpu.Regs;
        if (!thread.Signals.HasDeliverable)
        {
            return;
        }

        // On its way out of a stub no exit comes next; the state the guest will see is the one it was given.
        bool leaving = regs.rip == SystemRegion.SyscallReturn && regs.rsp == ReturnFrame(thread);
        if (!leaving)
        {
            if (SystemRegion.IsSyscallStub(regs.rip) || SystemRegion.VectorAt(regs.rip) >= 0)
            {
                return; // on its way into a stub, whose exit delivers
            }

            thread.User = regs;
        }

        DeliverSignals(thread, restartNumber: null);
        Return(thread, viaStub: leaving);
    }

    /// <returns>True when a handler was entered.</returns>
    private bool DeliverSignals(GuestThread thread, ulong? restartNumber)
    {
        bool entered = false;
        while (thread.Signals.HasDeliverable && !IsGone(thread) && thread.Signals.TryTake(out SignalInfo signal))
        {
            SignalAction action = thread.Group.Signals.Consume(signal.Number);
            if (action.Handler == SignalAction.SIG_IGN || (action.Handler == SignalAction.SIG_DFL && signal.IgnoredByDefault))
            {
                continue;
            }

            if (action.Handler == SignalAction.SIG_DFL)
            {
                Fail(thread, $"{signal.Name}, {signal.Origin ?? "sent by the guest itself"}", "no handler for it", signal.Number);
                return entered;
            }

            if (restartNumber is { } number && (action.Flags & SignalAction.SA_RESTART) != 0)
            {
                Repeat(ref thread.User, number);
            }

            // The call's fate is in the first frame; handlers after it interrupt a handler.
            restartNumber = null;
            Enter(thread, action, signal);
            entered = true;
        }

        return entered;
    }

    private void Enter(GuestThread thread, SignalAction action, SignalInfo signal)
    {
        if (!SignalDelivery.TryEnterHandler(thread, process.Space, action, signal))
        {
            Fail(thread, $"{signal.Name} at rip 0x{thread.User.rip:x} (address 0x{signal.Address:x})", $"the stack at 0x{thread.User.rsp:x} cannot hold a signal frame", SignalInfo.SIGSEGV);
        }
    }

    private static ulong ReturnFrame(GuestThread thread) => GuestLayout.KernelStackTop(thread.Vcpu.Id) - FrameBytes;

    private static void Repeat(ref kvm_regs user, ulong number)
    {
        user.rip -= SyscallInstructionBytes;
        user.rax = number;
    }

    /// <summary>Lets the vCPU go on with the thread's user registers.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="viaStub">The vCPU stands at CPL 0 in a stub, and leaves it by iretq.</param>
    private void Return(GuestThread thread, bool viaStub)
    {
        if (IsGone(thread))
        {
            return;
        }

        ref kvm_regs user = ref thread.User;
        if (!GuestLayout.IsCanonicalUser(user.rip))
        {
            Fail(thread, $"a jump to 0x{user.rip:x}, which is no user address", "SIGSEGV", SignalInfo.SIGSEGV);
            return;
        }

        ref kvm_regs regs = ref thread.Vcpu.Regs;
        regs = user;
        if (viaStub)
        {
            ulong frame = ReturnFrame(thread);
            memory.U64(frame) = user.rip;
            memory.U64(frame + 8) = GuestLayout.UserCs;
            memory.U64(frame + 16) = user.rflags;
            memory.U64(frame + 24) = user.rsp;
            memory.U64(frame + 32) = GuestLayout.UserSs;
            regs.rip = SystemRegion.SyscallReturn;
            regs.rsp = frame;
            regs.rflags = 2;
        }

        thread.Vcpu.SetRegsDirty();
    }

    // KVM may still hold the translation of before the host edited the page tables; a retry makes it look again.
    private bool IsStale(GuestThread thread, ulong address, ulong errorCode)
    {
        const ulong Write = 2, Fetch = 16;
        bool allowed = process.Space.Allows(address, (errorCode & Write) != 0, (errorCode & Fetch) != 0);
        thread.SpuriousFaults = !allowed ? 0 : address == thread.SpuriousAddress ? thread.SpuriousFaults + 1 : 1;
        thread.SpuriousAddress = address;
        return allowed && thread.SpuriousFaults < MaxSpuriousFaults;
    }

    private bool IsGone(GuestThread thread) => process.Ended || thread.Exited;

    /// <summary>A signal ends the process: the guest with a report, or the child that the thread is.</summary>
    private void Fail(GuestThread thread, string reason, string cause, int signal)
    {
        if (thread.Child is not null)
        {
            personality.Die(thread, signal);
            return;
        }

        process.Fail($"The guest died: {reason}; {cause}.", FailureReport.Build(process, thread, thread.User, reason));
    }
}
