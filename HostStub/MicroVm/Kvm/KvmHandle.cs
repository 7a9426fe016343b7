using System.Runtime.InteropServices;
using PollScale.Native;

namespace PollScale.HostStub.Kvm;

/// <summary>A file descriptor of KVM that is closed with its owner.</summary>
internal sealed class KvmHandle : SafeHandle
{
    public KvmHandle(int fd) : base(-1, ownsHandle: true) => SetHandle(fd);

    public override bool IsInvalid => handle < 0;

    public int Fd => (int)handle;

    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;

    /// <summary>ioctl with a plain number as argument.</summary>
    /// <returns>What the ioctl returned, 0 or more.</returns>
    /// <exception cref="KvmException">The ioctl failed.</exception>
    // SAFETY: the argument is a number to these requests, not an address.
    public unsafe int Ioctl(uint request, nuint argument, string operation) => Ioctl(request, (void*)argument, operation);

    /// <summary>ioctl with a structure as argument.</summary>
    /// <returns>What the ioctl returned, 0 or more.</returns>
    /// <exception cref="KvmException">The ioctl failed.</exception>
    // SAFETY: the caller's structure is the one that the request names.
    public unsafe int Ioctl(uint request, void* argument, string operation)
    {
        int result;
        do
        {
            result = LibC.ioctl((int)handle, request, argument);
        }
        while (result < 0 && LibC.errno == LibC.EINTR);
        return result >= 0 ? result : throw KvmException.FromErrno(operation);
    }
}
