using PollScale.Native;
using PollScale.Polling;

namespace PollScale;

/// <summary>Checks or sets the CPU of the calling thread.</summary>
internal static class CpuPinning
{
    public static LcoreId Apply(ThreadPinning pinning, int? cpu)
    {
        if (pinning == ThreadPinning.Ignore)
        {
            return Current(out _);
        }

        LcoreId current = Current(out string found);
        if (current.IsPinned && (cpu is null || cpu == current.Cpu))
        {
            return current;
        }

        if (pinning == ThreadPinning.Require)
        {
            string wanted = cpu is null ? "exactly one CPU" : $"CPU {cpu}";
            throw new InvalidOperationException(
                $"The polling thread must be pinned to {wanted}, but {found}. Start it with taskset or sched_setaffinity, "
                + "or set LcoreScalerOptions.Pinning to Pin.");
        }

        int target = cpu ?? LibC.sched_getcpu();
        if (target < 0 || target >= cpu_set_t.CPU_SETSIZE)
        {
            throw new InvalidOperationException($"The CPU of the polling thread is unknown (sched_getcpu gave {target}); set LcoreScalerOptions.Cpu.");
        }

        int error = ThreadAffinity.Pin(target);
        if (error != 0)
        {
            throw new InvalidOperationException(
                $"The polling thread could not be pinned to CPU {target}: {LibC.strerror(error)}. "
                + "The CPU must exist, be online, and be allowed to this process (cpuset, taskset).");
        }

        return new LcoreId(target);
    }

    private static LcoreId Current(out string found)
    {
        int count = ThreadAffinity.Read(out int cpu);
        found = count < 0 ? $"its CPUs cannot be read ({LibC.strerror(-count)})"
            : count != 1 ? $"it may run on {count} CPUs"
            : $"it is pinned to CPU {cpu}";
        return new LcoreId(cpu);
    }
}
