namespace PollScale.Native;

/// <summary>Where the calling thread may run.</summary>
// SAFETY: the kernel fills at most the size that is given, that of the mask.
internal static unsafe class ThreadAffinity
{
    /// <summary>Reads the mask of the calling thread.</summary>
    /// <param name="cpu">The CPU when there is exactly one, else -1.</param>
    /// <returns>Number of CPUs the thread may run on; -1 when it cannot be read, with the reason in <see cref="LibC.errno"/>.</returns>
    public static int Read(out int cpu)
    {
        cpu = -1;
        cpu_set_t mask = default;
        if (LibC.sched_getaffinity(0, (nuint)sizeof(cpu_set_t), &mask) != 0)
        {
            return -1;
        }

        int count = mask.Count;
        if (count == 1)
        {
            cpu = 0;
            while (!mask.IsSet(cpu))
            {
                cpu++;
            }
        }

        return count;
    }
}
