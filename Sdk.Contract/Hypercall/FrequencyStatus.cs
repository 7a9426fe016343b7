namespace PollScale.Hypercall;

/// <summary>Result codes of a call; every value below zero is an error, as in the kernel.</summary>
public enum FrequencyStatus
{
    /// <summary>Granted, perhaps clamped: compare the granted index with the request.</summary>
    Granted = 0,

    /// <summary>EPERM: policy refuses this guest.</summary>
    Denied = -1,

    /// <summary>EIO: the backend failed to apply.</summary>
    BackendFailed = -5,

    /// <summary>EAGAIN: the request budget is spent; nothing changed.</summary>
    Throttled = -11,

    /// <summary>EINVAL: malformed argument.</summary>
    Invalid = -22,

    /// <summary>EOPNOTSUPP: the backend cannot do this.</summary>
    Unsupported = -95,

    /// <summary>ETIMEDOUT: no answer came in time, so that what is in force is unknown. Only a transport gives it, no host.</summary>
    TimedOut = -110,

    /// <summary>KVM_ENOSYS: unknown call number.</summary>
    UnknownCall = -1000,
}
