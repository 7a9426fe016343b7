using System.Globalization;
using PollScale.Placement;
using PollScale.Native;

namespace PollScale.HostStub.Placement;

/// <summary>Where and how host threads run.</summary>
// SAFETY: masks and parameters lie on the stack and are given with their size.
internal static unsafe class ThreadPlacement
{
    /// <summary>SCHED_FIFO priority of a vCPU and of the traffic thread: the lowest.</summary>
    public const int PollingPriority = 1;

    /// <summary>SCHED_FIFO priority of threads that serve a guest beside the traffic thread, on its CPU.</summary>
    public const int CallPriority = 2;

    /// <summary>SCHED_FIFO priority of the threads that watch and report: they must run beside a polling thread.</summary>
    public const int WatchPriority = 3;

    private const int MostFavourable = -20;

    /// <summary>Pins a thread, by default the calling one, to one host CPU.</summary>
    /// <exception cref="PlacementException">The CPU does not exist or is not allowed to this process.</exception>
    public static void Pin(int pCpu, int tid = 0)
    {
        if ((uint)pCpu >= cpu_set_t.CPU_SETSIZE)
        {
            throw new PlacementException($"CPU {pCpu} does not exist: a CPU number lies in 0..{cpu_set_t.CPU_SETSIZE - 1}.");
        }

        int error = ThreadAffinity.Pin(pCpu, tid);
        if (error != 0)
        {
            throw new PlacementException($"Pinning a thread to CPU {pCpu} failed: {LibC.strerror(error)}. Choose among the CPUs this process may use: {string.Join(", ", AllowedCpus())}.");
        }
    }

    /// <summary>
    /// Keeps every present thread of this process off a CPU, and so those that they will start: the runtime's compiler and collector
    /// threads would share the lcore's core. Where no other CPU is allowed, nothing changes.
    /// </summary>
    public static void KeepOff(int pCpu)
    {
        cpu_set_t others = default;
        foreach (int cpu in AllowedCpus())
        {
            if (cpu != pCpu)
            {
                others.Set(cpu);
            }
        }

        if (others.Count == 0)
        {
            return;
        }

        foreach (string task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            // A thread may end in between; then there is nothing to move.
            _ = ThreadAffinity.Set(others, int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Gives a thread, by default the calling one, its scheduling class.</summary>
    /// <param name="scheduling">The class.</param>
    /// <param name="priority">SCHED_FIFO priority, 1 .. 99, should it be real-time.</param>
    /// <param name="tid">Thread, or 0.</param>
    /// <returns>False where the system does not permit it.</returns>
    public static bool TrySchedule(SchedulingClass scheduling, int priority = PollingPriority, int tid = 0)
    {
        if (scheduling == SchedulingClass.Nice)
        {
            return LibC.setpriority(LibC.PRIO_PROCESS, (uint)(tid == 0 ? LibC.gettid() : tid), MostFavourable) == 0;
        }

        sched_param param = new() { sched_priority = scheduling == SchedulingClass.RealTime ? priority : 0 };
        return LibC.sched_setscheduler(tid, scheduling == SchedulingClass.RealTime ? LibC.SCHED_FIFO : LibC.SCHED_OTHER, &param) == 0;
    }

    /// <summary>True when this process may give its threads a class.</summary>
    public static bool IsPermitted(SchedulingClass scheduling)
    {
        bool permitted = false;
        HostThread trial = new("trial", () => permitted = TrySchedule(scheduling, WatchPriority));
        trial.Start();
        trial.JoinOrThrow();
        return permitted;
    }

    /// <summary>CPUs this process may use.</summary>
    public static IReadOnlyList<int> AllowedCpus()
    {
        List<int> cpus = [];
        if (ThreadAffinity.Get(out cpu_set_t set, LibC.getpid()) == 0)
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
