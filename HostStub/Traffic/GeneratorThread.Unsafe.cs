using System.Globalization;
using PollScale.Native;

namespace PollScale.HostStub.Traffic;

/// <summary>Placement of the calling thread.</summary>
internal static unsafe class GeneratorThread
{
    /// <summary>Pins the calling thread to a pCPU.</summary>
    /// <exception cref="TrafficException">The kernel refuses.</exception>
    public static void Pin(int cpu)
    {
        if ((uint)cpu >= cpu_set_t.CPU_SETSIZE)
        {
            throw new TrafficException($"CPU {cpu} does not exist: a CPU number lies in 0..{cpu_set_t.CPU_SETSIZE - 1}.");
        }

        cpu_set_t mask = default;
        mask.Set(cpu);
        if (LibC.sched_setaffinity(0, (nuint)sizeof(cpu_set_t), &mask) < 0)
        {
            throw new TrafficException(string.Create(
                CultureInfo.InvariantCulture,
                $"Cannot pin the traffic generator to CPU {cpu}: {LibC.strerror(LibC.errno)}. Choose an online CPU that this process may use (taskset -p {Environment.ProcessId})."));
        }
    }

    /// <summary>Puts the calling thread under SCHED_FIFO.</summary>
    /// <returns>Null, or a sentence why it stays under the normal scheduler.</returns>
    public static string? TryMakeRealTime(int priority)
    {
        sched_param parameter = new() { sched_priority = priority };
        return LibC.sched_setscheduler(0, LibC.SCHED_FIFO, &parameter) == 0
            ? null
            : $"The traffic generator runs without SCHED_FIFO {priority}: {LibC.strerror(LibC.errno)}. Grant CAP_SYS_NICE or an rtprio limit to have it.";
    }
}
