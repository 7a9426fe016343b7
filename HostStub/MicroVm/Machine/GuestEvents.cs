using Microsoft.Extensions.Logging;
using PollScale.HostStub.Placement;

namespace PollScale.HostStub.Machine;

/// <summary>What happens to a guest. Ids 300 to 349.</summary>
internal static partial class GuestEvents
{
    [LoggerMessage(EventId = 300, EventName = "GuestMade", Level = LogLevel.Debug, Message = "Guest {Guest}: {MemoryMib} MiB, doorbell {Doorbell}, lcore on CPU {Cpu}, all else on CPU {HousekeepingCpu}.")]
    public static partial void GuestMade(ILogger log, string guest, int memoryMib, string doorbell, int cpu, int housekeepingCpu);

    [LoggerMessage(EventId = 301, EventName = "ThreadRuns", Level = LogLevel.Debug, Message = "Thread {Tid} of the guest runs on CPU {Cpu}, vCPU {Vcpu}.")]
    public static partial void ThreadRuns(ILogger log, long tid, int vcpu, int cpu);

    [LoggerMessage(EventId = 302, EventName = "PriorityRefused", Level = LogLevel.Warning, Message = "Thread {Tid} of the guest runs without {Scheduling} priority, which the system refused it: other programs may take its CPU.")]
    public static partial void PriorityRefused(ILogger log, long tid, SchedulingClass scheduling);

    [LoggerMessage(EventId = 303, EventName = "GuestEnded", Level = LogLevel.Debug, Message = "{Cause}")]
    public static partial void GuestEnded(ILogger log, string cause);
}
