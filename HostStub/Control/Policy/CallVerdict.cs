namespace PollScale.HostStub.Policy;

/// <summary>What became of a call, finer than the reply tells the guest.</summary>
internal enum CallVerdict
{
    /// <summary>A query was answered, or a change applied as asked.</summary>
    Granted,

    /// <summary>Applied, but at the bound nearest to what was asked.</summary>
    Clamped,

    /// <summary>The P-state asked for was already granted.</summary>
    Unchanged,

    /// <summary>EPERM.</summary>
    Denied,

    /// <summary>EAGAIN.</summary>
    Throttled,

    /// <summary>EINVAL: an argument the op does not allow.</summary>
    Malformed,

    /// <summary>EOPNOTSUPP.</summary>
    Unsupported,

    /// <summary>EIO.</summary>
    BackendFailed,

    /// <summary>A number, slot or addressee outside the ABI.</summary>
    UnknownCall,

    /// <summary>No call: a wish was taken back.</summary>
    Withdrawn,
}
