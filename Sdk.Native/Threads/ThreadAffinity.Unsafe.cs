namespace PollScale.Native;

/// <summary>Where a thread may run: the one way to ask and to pin.</summary>
// SAFETY: the kernel reads or fills at most the size that is given, that of the mask.
internal static unsafe class ThreadAffinity
{
    /// <summary>Reads a mask.</summary>
    /// <param name="mask">The CPUs that the thread may run on.</param>
    /// <param name="tid">Thread; 0 for the calling one.</param>
    /// <returns>0, or the number of the error.</returns>
    public static int Get(out cpu_set_t mask, int tid = 0)
    {
        cpu_set_t read = default;
        int error = LibC.sched_getaffinity(tid, (nuint)sizeof(cpu_set_t), &read) < 0 ? LibC.errno : 0;
        mask = read;
        return error;
    }

    /// <summary>Sets a mask.</summary>
    /// <param name="mask">The CPUs that the thread may run on.</param>
    /// <param name="tid">Thread; 0 for the calling one.</param>
    /// <returns>0, or the number of the error.</returns>
    public static int Set(cpu_set_t mask, int tid = 0) => LibC.sched_setaffinity(tid, (nuint)sizeof(cpu_set_t), &mask) < 0 ? LibC.errno : 0;

    /// <summary>Pins a thread to one CPU.</summary>
    /// <param name="cpu">The CPU, 0 .. <see cref="cpu_set_t.CPU_SETSIZE"/> - 1.</param>
    /// <param name="tid">Thread; 0 for the calling one.</param>
    /// <returns>0, or the number of the error: EINVAL for a CPU that does not exist or is not allowed.</returns>
    public static int Pin(int cpu, int tid = 0)
    {
        if ((uint)cpu >= cpu_set_t.CPU_SETSIZE)
        {
            return LibC.EINVAL;
        }

        cpu_set_t mask = default;
        mask.Set(cpu);
        return Set(mask, tid);
    }

    /// <summary>Reads the mask of the calling thread.</summary>
    /// <param name="cpu">The CPU when there is exactly one, else -1.</param>
    /// <returns>Number of CPUs the thread may run on; when it cannot be read, the negative number of the error.</returns>
    public static int Read(out int cpu)
    {
        cpu = -1;
        int error = Get(out cpu_set_t mask);
        if (error != 0)
        {
            return -error;
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
