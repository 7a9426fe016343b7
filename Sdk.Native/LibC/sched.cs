#pragma warning disable CS1591 // The man pages document these; names are libc's.

using System.Runtime.InteropServices;

namespace PollScale.Native;

internal static unsafe partial class LibC
{
    public const int SCHED_OTHER = 0;
    public const int SCHED_FIFO = 1;

    public static int sched_setaffinity(int pid, nuint cpusetsize, cpu_set_t* mask) => TmdsLibC.sched_setaffinity(pid, Size(cpusetsize), (Tmds.Linux.cpu_set_t*)mask);

    public static int sched_getaffinity(int pid, nuint cpusetsize, cpu_set_t* mask) => TmdsLibC.sched_getaffinity(pid, Size(cpusetsize), (Tmds.Linux.cpu_set_t*)mask);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int sched_setscheduler(int pid, int policy, sched_param* param);

    public static int sched_getcpu() => TmdsLibC.sched_getcpu();

    public static int sched_yield() => TmdsLibC.sched_yield();
}

/// <summary>Mirrors cpu_set_t (sched.h): a mask of 1024 CPUs. Tmds.LibC hides the words of its own, and its macros pass over a CPU that has no bit.</summary>
internal unsafe struct cpu_set_t
{
    public fixed ulong bits[16];

    /// <summary>CPUs the mask can name.</summary>
    public const int CPU_SETSIZE = 1024;

    /// <summary>CPU_SET(3).</summary>
    public void Set(int cpu)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)cpu, (uint)CPU_SETSIZE);
        bits[cpu / 64] |= 1UL << (cpu % 64);
    }

    /// <summary>CPU_ISSET(3).</summary>
    public readonly bool IsSet(int cpu) => (uint)cpu < CPU_SETSIZE && (bits[cpu / 64] >> (cpu % 64) & 1) != 0;

    /// <summary>CPU_COUNT(3).</summary>
    public readonly int Count
    {
        get
        {
            int count = 0;
            for (int word = 0; word < 16; word++)
            {
                count += System.Numerics.BitOperations.PopCount(bits[word]);
            }

            return count;
        }
    }
}

/// <summary>Mirrors struct sched_param (sched.h).</summary>
internal struct sched_param
{
    public int sched_priority;
}
