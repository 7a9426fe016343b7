using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <summary>Errors that a guest is given (asm-generic/errno.h) and this process itself has no use for.</summary>
internal static class LinuxErrno
{
    public const int EISDIR = 21, EPIPE = 32, ELOOP = 40, EAFNOSUPPORT = 97, ENOSYS = LibC.ENOSYS;
}
