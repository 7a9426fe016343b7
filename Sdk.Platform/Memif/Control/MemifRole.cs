namespace PollScale.Memif.Control;

/// <summary>Which side of a control socket.</summary>
internal enum MemifRole
{
    /// <summary>Connects, and brings the memory: the slave.</summary>
    Client,

    /// <summary>Listens, and uses the memory of whoever connects: the master.</summary>
    Server,
}
