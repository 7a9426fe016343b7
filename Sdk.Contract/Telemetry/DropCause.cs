namespace PollScale.Telemetry;

/// <summary>Why a packet processor dropped a frame; the value is its slot in <see cref="LcoreTelemetryLayout.Drops"/>.</summary>
internal enum DropCause
{
    /// <summary>Shorter than its Ethernet and IPv4 headers.</summary>
    Truncated = 0,

    /// <summary>EtherType is not IPv4.</summary>
    NotIpv4 = 1,

    /// <summary>IP version is not 4.</summary>
    BadVersion = 2,

    /// <summary>IHL below 5, or the header exceeds the frame.</summary>
    BadHeaderLength = 3,

    /// <summary>Total length below the header's, or beyond the frame.</summary>
    BadTotalLength = 4,

    /// <summary>The header checksum is wrong.</summary>
    BadChecksum = 5,

    /// <summary>TTL of 0 or 1.</summary>
    TtlExpired = 6,

    /// <summary>No route to the destination.</summary>
    NoRoute = 7,

    /// <summary>The tx ring was full.</summary>
    TxFull = 8,

    /// <summary>The rx descriptor pointed outside the packet region, or was part of a chain.</summary>
    BadDescriptor = 9,
}
