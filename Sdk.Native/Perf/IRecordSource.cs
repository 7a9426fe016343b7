namespace PollScale.Native;

/// <summary>Records of one thread, as the kernel writes them.</summary>
internal interface IRecordSource : IDisposable
{
    /// <summary>Readable when there are new records; nobody reads it.</summary>
    StreamDescriptor Descriptor { get; }

    /// <summary>The records.</summary>
    PerfRing Ring { get; }

    /// <summary>True when the thread has ended.</summary>
    bool HasEnded { get; }
}
