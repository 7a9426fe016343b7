using System.Runtime.InteropServices;
using PollScale.Native;

namespace PollScale.HostStub.Machine;

/// <summary>
/// The signal that gets a thread out of KVM_RUN or a blocking system call. Its handler does nothing, but its arrival interrupts; it is
/// installed without SA_RESTART.
/// </summary>
internal static class KickSignal
{
    /// <summary>SIGRTMIN+6: neither glibc nor the .NET runtime uses it.</summary>
    private const int Number = LibC.SIGRTMIN + 6;

    static KickSignal()
    {
        // getppid serves as handler: a signal-safe function of libc that takes no arguments and has no effect.
        SignalHandler.Install(Number, NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), "getppid"));
    }

    /// <summary>Installs the handler; threads must not be kicked before.</summary>
    public static void Install() => System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(KickSignal).TypeHandle);

    /// <summary>Interrupts a thread of this process.</summary>
    public static void Send(int hostTid) => LibC.tgkill(LibC.getpid(), hostTid, Number);
}
