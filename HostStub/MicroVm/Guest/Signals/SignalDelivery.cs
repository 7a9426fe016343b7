using System.Runtime.CompilerServices;
using PollScale.HostStub.Kvm.Abi;
using PollScale.HostStub.Machine;

namespace PollScale.HostStub.Guest.Signals;

/// <summary>Builds and takes down signal frames, as the Linux kernel does on x86-64.</summary>
internal static class SignalDelivery
{
    private const ulong RedZone = 128;

    /// <summary>UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS, as Linux sets for 64-bit processes.</summary>
    private const ulong ContextFlags = 6;

    /// <summary>Lets the thread's user state enter a handler.</summary>
    /// <returns>False when the frame cannot be written: the process must die.</returns>
    public static bool TryEnterHandler(GuestThread thread, AddressSpace space, SignalAction action, SignalInfo signal)
    {
        ref kvm_regs user = ref thread.User;
        ThreadSignals signals = thread.Signals;
        SignalStack alternate = signals.AlternateStack;
        bool onAlternate = alternate.Contains(user.rsp);
        bool entering = (action.Flags & SignalAction.SA_ONSTACK) != 0 && !onAlternate && (alternate.Flags & SignalStack.SS_DISABLE) == 0;
        ulong sp = entering
            ? alternate.Sp + alternate.Size
            : user.rsp - RedZone;
        sp = GuestLayout.AlignDown(sp - (ulong)Unsafe.SizeOf<rt_sigframe>(), 16) - 8;

        // Past the end of the alternate stack the next handler would begin at its top again, and so on for ever.
        if ((entering || onAlternate) && !alternate.Contains(sp))
        {
            return false;
        }

        rt_sigframe frame = new() { pretcode = action.Restorer };
        frame.uc.uc_flags = ContextFlags;
        frame.uc.uc_stack = alternate;
        frame.uc.uc_mcontext = sigcontext.From(user);
        frame.uc.uc_mcontext.trapno = (ulong)signal.Vector;
        frame.uc.uc_mcontext.err = signal.ErrorCode;
        frame.uc.uc_mcontext.cr2 = signal.Vector == 14 ? signal.Address : 0;
        frame.uc.uc_sigmask = signals.TakeMaskToRestore();
        frame.info = siginfo.From(signal);
        if (!space.TryWrite(sp, frame))
        {
            return false;
        }

        byte[] xsave = new byte[Unsafe.SizeOf<kvm_xsave>()];
        thread.Vcpu.GetXsave(xsave);
        signals.PushXsave(xsave);
        signals.Blocked |= action.Mask | ((action.Flags & SignalAction.SA_NODEFER) == 0 ? 1UL << (signal.Number - 1) : 0);

        user.rip = action.Handler;
        user.rsp = sp;
        user.rdi = (ulong)signal.Number;
        user.rsi = sp + (ulong)Unsafe.SizeOf<ulong>() + (ulong)Unsafe.SizeOf<ucontext>();
        user.rdx = sp + (ulong)Unsafe.SizeOf<ulong>();
        user.rax = 0;
        user.rflags &= ~0x500UL; // DF and TF are clear when a handler begins
        return true;
    }

    /// <summary>rt_sigreturn: the frame at the stack pointer becomes the user state.</summary>
    /// <returns>False when there is no readable frame.</returns>
    public static bool TryReturn(GuestThread thread, AddressSpace space)
    {
        // The handler's return popped pretcode.
        if (!space.TryRead(thread.User.rsp - sizeof(ulong), out rt_sigframe frame))
        {
            return false;
        }

        thread.User = frame.uc.uc_mcontext.ToRegs();
        thread.Signals.Blocked = frame.uc.uc_sigmask;
        if (thread.Signals.TryPopXsave(out byte[] xsave))
        {
            thread.Vcpu.SetXsave(xsave);
        }

        return true;
    }
}
