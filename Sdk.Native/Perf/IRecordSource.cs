namespace PollScale.Native;

/// <summary>Records of one thread, as the kernel writes them.</summary>
internal interface IRecordSource : IDisposable
{
    /// <summary>Readable when there are new records; none of them is read from it.</summary>
    StreamDescriptor Descriptor { get; }

    /// <summary>The records.</summary>
    PerfRing Ring { get; }

    /// <summary>
    /// Records so far that the kernel had no room for, as it counts them: those too that no later record told of. 0 where it keeps no count (before Linux 6.0). A system call, for which
    /// the CPU that the thread runs on is interrupted.
    /// </summary>
    ulong Lost { get; }

    /// <summary>True when the thread has ended.</summary>
    bool HasEnded { get; }
}
