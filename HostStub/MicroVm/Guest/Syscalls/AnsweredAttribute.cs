namespace PollScale.HostStub.Guest.Syscalls;

/// <summary>Says of a system call that it is answered. One without is ENOSYS and counted.</summary>
/// <param name="support">How much of it.</param>
/// <param name="errno">The error of a refused call.</param>
[AttributeUsage(AttributeTargets.Field)]
internal sealed class AnsweredAttribute(SyscallSupport support, int errno = 0) : Attribute
{
    public SyscallSupport Support => support;

    public int Errno => errno;
}
