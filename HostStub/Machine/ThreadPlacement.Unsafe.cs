using PollScale.Native;

namespace PollScale.HostStub.Machine;

/// <summary>Where the calling thread runs and how urgently.</summary>
internal static unsafe class ThreadPlacement
{
    /// <summary>SCHED_FIFO priority of a vCPU and of the traffic thread.</summary>
    public const int VcpuPriority = 40;

    /// <summary>SCHED_FIFO priority of the thread that answers calls over a socket: it shares a CPU with the traffic thread.</summary>
    public const int CallPriority = 50;

    /// <summary>SCHED_FIFO priority of the thread that watches and reports: it must run beside a polling thread.</summary>
    public const int WatchPriority = 60;

    /// <summary>Pins the calling thread and sets its priority; what the system refuses stays as it was.</summary>
    /// <param name="cpu">CPU, or null for any.</param>
    /// <param name="fifoPriority">SCHED_FIFO priority 1 .. 99, or 0 for none.</param>
    /// <returns>True when both were applied.</returns>
    public static bool Apply(int? cpu, int fifoPriority)
    {
        bool applied = true;
        if (cpu is int number)
        {
            cpu_set_t mask = default;
            mask.Set(number);
            applied = LibC.sched_setaffinity(0, (nuint)sizeof(cpu_set_t), &mask) == 0;
        }

        if (fifoPriority > 0)
        {
            sched_param parameter = new() { sched_priority = fifoPriority };
            applied &= LibC.sched_setscheduler(0, LibC.SCHED_FIFO, &parameter) == 0;
        }

        return applied;
    }

    /// <summary>CPUs the calling thread may use, lowest first.</summary>
    public static IReadOnlyList<int> AllowedCpus()
    {
        cpu_set_t mask;
        if (LibC.sched_getaffinity(0, (nuint)sizeof(cpu_set_t), &mask) < 0)
        {
            return [0];
        }

        List<int> cpus = [];
        for (int cpu = 0; cpu < cpu_set_t.CPU_SETSIZE; cpu++)
        {
            if (mask.IsSet(cpu))
            {
                cpus.Add(cpu);
            }
        }

        return cpus;
    }
}
