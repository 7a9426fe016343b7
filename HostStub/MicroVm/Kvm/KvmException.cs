using PollScale.Native;

namespace PollScale.HostStub.Kvm;

/// <summary>KVM refused or is not usable; the message says what, why, and what to do.</summary>
internal sealed class KvmException : Exception
{
    public KvmException(string message) : base(message)
    {
    }

    /// <summary>errno, or 0.</summary>
    public int Errno { get; private init; }

    /// <summary>An ioctl or mmap that failed, from the thread's errno.</summary>
    public static KvmException FromErrno(string operation)
    {
        int errno = LibC.errno;
        return new KvmException($"{operation} failed: {LibC.strerror(errno)} (errno {errno}).") { Errno = errno };
    }
}
