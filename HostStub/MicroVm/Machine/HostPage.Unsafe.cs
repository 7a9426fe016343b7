using PollScale.HostStub.Kvm;
using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.HostStub.Machine;

/// <summary>One page of this process that a guest sees read-only: its status page.</summary>
// SAFETY: the page is mapped until disposal, which comes after the guest's end.
internal sealed unsafe class HostPage : IDisposable
{
    private readonly void* _page;
    private int _disposed;

    public HostPage()
    {
        _page = LibC.mmap(null, GuestLayout.PageSize, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS | LibC.MAP_POPULATE, -1, 0);
        if (_page == LibC.MAP_FAILED)
        {
            throw KvmException.FromErrno("Mapping a status page");
        }

        Status = new StatusPageWriter((byte*)_page);
    }

    /// <summary>Address in this process.</summary>
    public nint Address => (nint)_page;

    /// <summary>Writer of the page.</summary>
    public StatusPageWriter Status { get; }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            LibC.munmap(_page, GuestLayout.PageSize);
        }
    }
}
