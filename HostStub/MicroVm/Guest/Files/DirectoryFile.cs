using PollScale.HostStub.Guest.Syscalls;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Files;

/// <summary>A folder: it can be looked at, and paths can begin at it.</summary>
/// <param name="path">Its absolute path.</param>
internal sealed class DirectoryFile(string path) : IGuestFile
{
    public uint Mode => FileModes.Directory;

    public string Path => path;

    public long Read(Span<byte> destination) => -LinuxErrno.EISDIR;

    public long Write(ReadOnlySpan<byte> source) => -LibC.EBADF;
}
