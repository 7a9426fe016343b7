namespace PollScale.HostStub.Daemon.Protocol;

/// <summary>What became of a packet.</summary>
internal enum AnswerKind
{
    /// <summary>ACK.</summary>
    Acked,

    /// <summary>NACK: policy or backend refused.</summary>
    Refused,

    /// <summary>NACK: it meant another vCPU, or a core of the host.</summary>
    Foreign,

    /// <summary>NACK: nothing that hoststub does.</summary>
    Unsupported,

    /// <summary>NACK: an unknown command.</summary>
    Unknown,

    /// <summary>A query was answered with figures.</summary>
    Answered,

    /// <summary>No reply, because DPDK's daemon sends none and guests read none.</summary>
    Silent,
}
