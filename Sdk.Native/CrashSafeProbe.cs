namespace PollScale.Native;

/// <summary>
/// Tries a hypercall instruction where it can do no harm: a child process runs it, and nothing but machine code of the code page. If
/// the child dies, this process does not. The child shares this process's memory and the calling thread waits until it is gone, 2 s
/// at most, when the child's alarm ends it; other threads go on.
/// </summary>
// SAFETY: the child of vfork shares this memory and runs before the parent goes on, so that the locals it writes outlive it.
internal static unsafe class CrashSafeProbe
{
    /// <summary>Tries <c>vmcall</c> once.</summary>
    /// <param name="number">Call number (rax).</param>
    /// <param name="argument">Argument (rbx and rdi).</param>
    public static ProbeResult TryVmcall(ulong number, long argument) => Run(NativeCode.VmcallAddress, (long)number, argument);

    /// <summary>Tries <c>vmmcall</c> once.</summary>
    /// <param name="number">Call number (rax).</param>
    /// <param name="argument">Argument (rbx and rdi).</param>
    public static ProbeResult TryVmmcall(ulong number, long argument) => Run(NativeCode.VmmcallAddress, (long)number, argument);

    internal static ProbeResult Run(void* function, long a, long b)
    {
        long result = 0;
        long child = NativeCode.VforkProbe(function, a, b, &result);
        if (child < 0)
        {
            return new ProbeResult(ProbeOutcome.CouldNotRun, -child);
        }

        // The child is gone by now: this only fetches its status.
        int status;
        while (LibC.waitpid((int)child, &status, LibC.__WALL) < 0)
        {
            if (LibC.errno != LibC.EINTR)
            {
                return new ProbeResult(ProbeOutcome.CouldNotRun, LibC.errno);
            }
        }

        if (!LibC.WIFEXITED(status))
        {
            int signal = LibC.WTERMSIG(status);
            return signal == LibC.SIGALRM ? new ProbeResult(ProbeOutcome.TimedOut, 0) : new ProbeResult(ProbeOutcome.Killed, signal);
        }

        return new ProbeResult(result < 0 ? ProbeOutcome.Refused : ProbeOutcome.Usable, result);
    }
}
