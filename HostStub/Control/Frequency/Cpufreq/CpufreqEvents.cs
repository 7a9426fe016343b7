using Microsoft.Extensions.Logging;

namespace PollScale.HostStub.Frequency.Cpufreq;

/// <summary>What happens to real frequencies. Ids 270 to 279.</summary>
internal static partial class CpufreqEvents
{
    [LoggerMessage(EventId = 270, EventName = "FrequencyFails", Level = LogLevel.Error, Message = "cpufreq policy {Policy} fails from now on: {Finding} Guests get a refusal and are told the true frequency. It is tried again, and told when it works ({Outcome}).")]
    public static partial void FrequencyFails(ILogger log, int policy, string finding, string outcome);

    [LoggerMessage(EventId = 271, EventName = "FrequencyWorks", Level = LogLevel.Information, Message = "cpufreq policy {Policy} works again after {Seconds} s; changes that failed meanwhile: {Failed}.")]
    public static partial void FrequencyWorks(ILogger log, int policy, double seconds, ulong failed);

    [LoggerMessage(EventId = 272, EventName = "FrequencyChanged", Level = LogLevel.Warning, Message = "cpufreq policy {Policy}: {News}")]
    public static partial void FrequencyChanged(ILogger log, int policy, string news);

    [LoggerMessage(EventId = 273, EventName = "FrequencyFound", Level = LogLevel.Warning, Message = "{Finding}")]
    public static partial void FrequencyFound(ILogger log, string finding);

    [LoggerMessage(EventId = 274, EventName = "PStatesEmulated", Level = LogLevel.Warning, Message = "P-states are emulated: {Why}")]
    public static partial void PStatesEmulated(ILogger log, string why);
}
