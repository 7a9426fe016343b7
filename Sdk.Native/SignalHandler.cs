using System.ComponentModel;
using Tmds.Linux;

namespace PollScale.Native;

/// <summary>Has a function handle a signal.</summary>
internal static unsafe class SignalHandler
{
    /// <summary>Installs it, without SA_RESTART: a blocking call that the signal interrupts fails with EINTR.</summary>
    /// <param name="number">The signal.</param>
    /// <param name="function">A C function <c>void f(int)</c> that does only what a handler may, for as long as the process lives.</param>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static void Install(int number, nint function)
    {
        sigaction action = new() { sa_handler = (void*)function };
        if (LibC.sigaction(number, &action, null) != 0) // SAFETY: sigaction reads one struct sigaction, on this stack
        {
            throw Errno.Failure($"sigaction of signal {number}");
        }
    }
}
