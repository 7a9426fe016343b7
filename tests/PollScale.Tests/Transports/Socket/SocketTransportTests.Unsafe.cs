using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.Transports;

public unsafe class SocketTransportTests
{
    [Fact]
    public void A_host_beside_the_process_is_served()
    {
        (int guest, int host) = Pair();
        LoopbackTransport service = new(FakeHost.Table(fastest: 1, slowest: 19));
        Thread server = Serve(host, service.Call);
        using (SocketTransport transport = new(guest))
        {
            Assert.Equal("socket", transport.Doorbell);
            Assert.Equal(service.PStates.KHz.ToArray(), transport.PStates.KHz.ToArray());
            Assert.Equal(1, transport.PStates.FastestAllowed);
            Assert.Equal(19, transport.PStates.SlowestAllowed);
            Assert.False(transport.Emulated);
            Assert.Equal(StatusPageLayout.StretchOne, transport.StretchQ16);
            Assert.Equal(5, transport.Call(new FrequencyCall(FrequencyOp.SetPState, 5)).Value);
            Assert.Equal(FrequencyStatus.Invalid, transport.Call(new FrequencyCall(FrequencyOp.SetPState, -1)).Status);
        }

        server.Join();
        Assert.Equal(5, service.PState);
    }

    [Fact]
    public void The_status_page_tells_the_stretch()
    {
        (int guest, int host) = Pair();
        Thread server = Serve(host, new LoopbackTransport(FakeHost.Table()).Call);
        int page = LibC.memfd_create("status", LibC.MFD_CLOEXEC);
        Assert.Equal(0, LibC.ftruncate(page, StatusPageLayout.PageSize));
        using MappedRegion region = MappedRegion.Map(page, 0, StatusPageLayout.PageSize, LibC.PROT_READ | LibC.PROT_WRITE, "status");
        using (SocketTransport transport = new(guest, page))
        {
            Assert.True(transport.Emulated);
            *(uint*)(region.Address + StatusPageLayout.StretchQ16) = 3 << 16;
            Assert.Equal(3u << 16, transport.StretchQ16);
            *(uint*)(region.Address + StatusPageLayout.StretchQ16) = 1;
            Assert.Equal(StatusPageLayout.StretchOne, transport.StretchQ16);
        }

        server.Join();
    }

    [Fact]
    public void A_host_that_hangs_up_fails_the_call_and_nothing_else()
    {
        (int guest, int host) = Pair();
        int left = 24; // Hello, 21 frequencies, Limits, and one call
        LoopbackTransport service = new(FakeHost.Table());
        Thread server = Serve(host, service.Call, () => left-- > 0);
        using SocketTransport transport = new(guest);
        transport.Call(new FrequencyCall(FrequencyOp.Max));

        Assert.Equal(FrequencyStatus.BackendFailed, transport.Call(new FrequencyCall(FrequencyOp.Min)).Status);
        Assert.Equal(FrequencyStatus.BackendFailed, transport.Call(new FrequencyCall(FrequencyOp.Min)).Status);
        server.Join();
    }

    [Fact]
    public void A_silent_host_is_given_up()
    {
        (int guest, int host) = Pair();
        FrequencyControlUnavailableException error = Assert.Throws<FrequencyControlUnavailableException>(() => new SocketTransport(guest));

        Assert.Contains("Hello", error.Message, StringComparison.Ordinal);
        _ = LibC.close(host);
    }

    [Fact]
    public void An_oversized_reply_is_a_failure()
    {
        (int guest, int host) = Pair();
        long* reply = stackalloc long[2] { (1 << 16) | 21, 0 };
        Assert.Equal(16, LibC.send(host, reply, 16, 0));

        Assert.Throws<FrequencyControlUnavailableException>(() => new SocketTransport(guest));
        _ = LibC.close(host);
    }

    [Fact]
    public void A_descriptor_that_is_no_socket_is_named()
    {
        FrequencyControlUnavailableException error = Assert.Throws<FrequencyControlUnavailableException>(() => new SocketTransport(99_999));

        Assert.Contains("99999", error.Message, StringComparison.Ordinal);
    }

    private static (int Guest, int Host) Pair()
    {
        int* fds = stackalloc int[2];
        Assert.Equal(0, LibC.socketpair(LibC.AF_UNIX, LibC.SOCK_SEQPACKET | LibC.SOCK_CLOEXEC, 0, fds));
        return (fds[0], fds[1]);
    }

    private static Thread Serve(int fd, Func<FrequencyCall, FrequencyReply> answer, Func<bool>? goOn = null)
    {
        Thread thread = new(() =>
        {
            ulong* request = stackalloc ulong[2];
            while ((goOn?.Invoke() ?? true) && LibC.recv(fd, request, 16, 0) == 16)
            {
                long reply = FrequencyCall.TryFromNumber(request[0], (long)request[1], out FrequencyCall call)
                    ? answer(call).Value
                    : (long)FrequencyStatus.UnknownCall;
                _ = LibC.send(fd, &reply, 8, LibC.MSG_NOSIGNAL);
            }

            _ = LibC.close(fd);
        });
        thread.Start();
        return thread;
    }
}
