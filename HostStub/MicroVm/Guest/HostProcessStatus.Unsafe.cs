using PollScale.HostStub.Machine;
using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.HostStub.Guest;

/// <summary>The status page of a guest process: a memfd that only this mapping may write.</summary>
// SAFETY: one page is mapped, sealed against shrinking, until disposal; who publishes to it ends before.
internal sealed unsafe class HostProcessStatus : IDisposable
{
    private void* _page;

    public HostProcessStatus()
    {
        Fd = LibC.memfd_create("pollscale-status", LibC.MFD_CLOEXEC | LibC.MFD_ALLOW_SEALING);
        if (Fd < 0 || LibC.ftruncate(Fd, StatusPageLayout.PageSize) < 0)
        {
            throw Fail("memfd_create");
        }

        _page = LibC.mmap(null, StatusPageLayout.PageSize, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, Fd, 0);
        if (_page == LibC.MAP_FAILED)
        {
            throw Fail("mmap");
        }

        // FUTURE_WRITE needs Linux 5.1; without it a guest that writes the page only fools itself.
        const int Size = LibC.F_SEAL_SHRINK | LibC.F_SEAL_GROW;
        if (LibC.fcntl(Fd, LibC.F_ADD_SEALS, Size | LibC.F_SEAL_FUTURE_WRITE | LibC.F_SEAL_SEAL) < 0
            && LibC.fcntl(Fd, LibC.F_ADD_SEALS, Size | LibC.F_SEAL_SEAL) < 0)
        {
            throw Fail("fcntl(F_ADD_SEALS)");
        }

        Page = new StatusPageWriter((byte*)_page);
    }

    public int Fd { get; private set; }

    public StatusPageWriter Page { get; }

    public void Dispose()
    {
        if (_page != null && _page != LibC.MAP_FAILED)
        {
            LibC.munmap(_page, StatusPageLayout.PageSize);
        }

        if (Fd >= 0)
        {
            LibC.close(Fd);
        }

        _page = null;
        Fd = -1;
    }

    private GuestSetupException Fail(string call)
    {
        Exception inner = Errno.Failure(call);
        Dispose();
        return new GuestSetupException($"Cannot make a status page: {inner.Message}", inner);
    }
}
