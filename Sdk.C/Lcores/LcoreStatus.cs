namespace PollScale.C.Lcores;

/// <summary>What a call returns: pollscale.h's enum pollscale_status. Those that are not here pollscale.c returns itself.</summary>
internal enum LcoreStatus
{
    Ok = 0,
    Invalid = -1,
    Handle = -2,
    Thread = -3,
    Unavailable = -4,
    Pinning = -5,
    Failed = -8,
}
