using PollScale.Native;

namespace PollScale.HostStub.Machine;

/// <summary>Where and how the calling host thread runs.</summary>
internal static unsafe class ThreadPlacement
{
    /// <summary>Pins the calling thread to one host CPU.</summary>
    /// <exception cref="InvalidOperationException">The CPU does not exist or is not allowed to this process.</exception>
    public static void Pin(int pCpu)
    {
        cpu_set_t set = default;
        set.Set(pCpu);
        if (LibC.sched_setaffinity(0, (nuint)sizeof(cpu_set_t), &set) != 0)
        {
            throw new InvalidOperationException($"Pinning a thread to host CPU {pCpu} failed: {LibC.strerror(LibC.errno)}. This process may use CPUs {string.Join(',', AllowedCpus())}.");
        }
    }

    /// <summary>Runs the calling thread under SCHED_FIFO at the lowest real-time priority.</summary>
    /// <returns>False where the system does not permit it.</returns>
    public static bool TryRealTime()
    {
        sched_param param = new() { sched_priority = 1 };
        return LibC.sched_setscheduler(0, LibC.SCHED_FIFO, &param) == 0;
    }

    /// <summary>CPUs this process may use.</summary>
    public static IReadOnlyList<int> AllowedCpus()
    {
        cpu_set_t set;
        List<int> cpus = [];
        if (LibC.sched_getaffinity(LibC.getpid(), (nuint)sizeof(cpu_set_t), &set) == 0)
        {
            for (int cpu = 0; cpu < cpu_set_t.CPU_SETSIZE; cpu++)
            {
                if (set.IsSet(cpu))
                {
                    cpus.Add(cpu);
                }
            }
        }

        return cpus;
    }
}
