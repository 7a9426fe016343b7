namespace PollScale.Native;

/// <summary>How many descriptors this process may have open.</summary>
// SAFETY: both limits lie on the stack and have the kernel's layout.
internal static unsafe class DescriptorLimit
{
    /// <summary>Raises the limit as far as an unprivileged process may, and reads it.</summary>
    /// <returns>The limit in force.</returns>
    public static ulong Raise()
    {
        rlimit limit;
        if (LibC.getrlimit(LibC.RLIMIT_NOFILE, &limit) != 0)
        {
            return ulong.MaxValue;
        }

        rlimit raised = new() { rlim_cur = limit.rlim_max, rlim_max = limit.rlim_max };
        return limit.rlim_cur < limit.rlim_max && LibC.setrlimit(LibC.RLIMIT_NOFILE, &raised) == 0 ? limit.rlim_max : limit.rlim_cur;
    }
}
