using PollScale.Transports;

namespace PollScale.C.Lcores;

/// <summary>What an exception is to a caller in C.</summary>
internal static class LcoreStatusOf
{
    public static LcoreStatus Failure(Exception e) => e switch
    {
        ArgumentException => LcoreStatus.Invalid,
        PinningException => LcoreStatus.Pinning,
        FrequencyControlUnavailableException => LcoreStatus.Unavailable,
        _ => LcoreStatus.Failed,
    };
}
