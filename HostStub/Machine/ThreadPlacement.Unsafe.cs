using PollScale.Native;

namespace PollScale.HostStub.Machine;

/// <summary>Where and how the calling host thread runs.</summary>
internal static unsafe class ThreadPlacement
{
    /// <summary>SCHED_FIFO priority of a vCPU and of the traffic thread: the lowest.</summary>
    public const int PollingPriority = 1;

    /// <summary>SCHED_FIFO priority of the thread that answers calls over a socket: it shares a CPU with the traffic thread.</summary>
    public const int CallPriority = 2;

    /// <summary>SCHED_FIFO priority of the threads that watch and report: they must run beside a polling thread.</summary>
    public const int WatchPriority = 3;

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

    /// <summary>Runs a thread under SCHED_FIFO, by default the calling one at the lowest real-time priority.</summary>
    /// <returns>False where the system does not permit it.</returns>
    public static bool TryRealTime(int priority = PollingPriority, int tid = 0)
    {
        sched_param param = new() { sched_priority = priority };
        return LibC.sched_setscheduler(tid, LibC.SCHED_FIFO, &param) == 0;
    }

    /// <summary>Puts the calling thread back under the normal scheduler.</summary>
    public static void LeaveRealTime()
    {
        sched_param param = default;
        _ = LibC.sched_setscheduler(0, LibC.SCHED_OTHER, &param);
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
