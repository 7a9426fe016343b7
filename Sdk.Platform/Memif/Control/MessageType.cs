namespace PollScale.Memif.Control;

/// <summary>Types of control messages, memif version 2.</summary>
internal enum MessageType : ushort
{
    /// <summary>No message.</summary>
    None = 0,

    /// <summary>Master: taken, the next one please.</summary>
    Ack = 1,

    /// <summary>Master, once a slave has connected: versions and limits.</summary>
    Hello = 2,

    /// <summary>Slave: interface, mode and secret.</summary>
    Init = 3,

    /// <summary>Slave: a memory region, with its file.</summary>
    AddRegion = 4,

    /// <summary>Slave: a ring, with its eventfd.</summary>
    AddRing = 5,

    /// <summary>Slave: all is said.</summary>
    Connect = 6,

    /// <summary>Master: the link is up.</summary>
    Connected = 7,

    /// <summary>Either: the link ends, and why.</summary>
    Disconnect = 8,
}
