using PollScale.Transports;

namespace PollScale.C.Lcores;

/// <summary>What an exception is to a caller in C.</summary>
internal static class LcoreStatusOf
{
    public static LcoreStatus Failure(Exception e) => e switch
    {
        ArgumentException or PlatformNotSupportedException => LcoreStatus.Invalid, // the second: a way to wait that this CPU lacks
        PinningException => LcoreStatus.Pinning,
        FrequencyControlUnavailableException => LcoreStatus.Unavailable,
        _ => LcoreStatus.Failed,
    };
}
