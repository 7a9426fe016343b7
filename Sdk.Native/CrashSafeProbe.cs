namespace PollScale.Native;

/// <summary>
/// Tries a hypercall instruction where it can do no harm: a forked child runs it, and nothing but machine code of the code page. If
/// the child dies, this process does not.
/// </summary>
public static unsafe class CrashSafeProbe
{
    private const int PollMicroseconds = 200;

    // The child's own alarm ends it after 2 s; this is for a child that even SIGALRM does not reach.
    private const int DeadlineMilliseconds = 3000;

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
        nuint length = (nuint)Environment.SystemPageSize;
        long* result = (long*)LibC.mmap(null, length, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED | LibC.MAP_ANONYMOUS, -1, 0);
        if (result == LibC.MAP_FAILED)
        {
            return new ProbeResult(ProbeOutcome.CouldNotRun, LibC.errno);
        }

        try
        {
            long child = NativeCode.ForkProbe(function, a, b, result);
            return child < 0 ? new ProbeResult(ProbeOutcome.CouldNotRun, -child) : Await((int)child, result);
        }
        finally
        {
            _ = LibC.munmap(result, length);
        }
    }

    private static ProbeResult Await(int child, long* result)
    {
        int status;
        long deadline = Environment.TickCount64 + DeadlineMilliseconds;
        while (true)
        {
            int ended = LibC.waitpid(child, &status, LibC.WNOHANG | LibC.__WALL);
            if (ended == child)
            {
                break;
            }

            if (ended < 0 && LibC.errno != LibC.EINTR)
            {
                return new ProbeResult(ProbeOutcome.CouldNotRun, LibC.errno);
            }

            if (Environment.TickCount64 > deadline)
            {
                _ = LibC.kill(child, LibC.SIGKILL);
                while (LibC.waitpid(child, &status, LibC.__WALL) < 0 && LibC.errno == LibC.EINTR)
                {
                }

                return new ProbeResult(ProbeOutcome.TimedOut, 0);
            }

            timespec pause = new() { tv_nsec = PollMicroseconds * 1000 };
            _ = LibC.clock_nanosleep(LibC.CLOCK_MONOTONIC, 0, &pause, null);
        }

        if (!LibC.WIFEXITED(status))
        {
            int signal = LibC.WTERMSIG(status);
            return signal == LibC.SIGALRM ? new ProbeResult(ProbeOutcome.TimedOut, 0) : new ProbeResult(ProbeOutcome.Killed, signal);
        }

        return new ProbeResult(result[0] < 0 ? ProbeOutcome.Refused : ProbeOutcome.Usable, result[0]);
    }
}
