namespace PollScale.HostStub.Channels.Acpi.Reader;

/// <summary>How to start a reader process: a program that runs <see cref="DebugconReader"/> on the descriptors it is given.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Arguments">Arguments after its name.</param>
internal sealed record ReaderProgram(string Path, IReadOnlyList<string> Arguments)
{
    /// <summary>Descriptor of the socket that brings <see cref="ReaderCommand"/>s.</summary>
    public const int ControlFd = Native.ChildProgram.FirstFd;

    /// <summary>Descriptor of the <see cref="ReaderMemory"/>.</summary>
    public const int MemoryFd = ControlFd + 1;
}
