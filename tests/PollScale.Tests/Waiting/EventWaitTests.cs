using System.Diagnostics;
using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PollScale.Clock;
using PollScale.Governors;
using PollScale.Native;
using PollScale.Tests.Scaling;
using PollScale.Tests.Shared.Control;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.Waiting;

/// <summary>Waits that a descriptor ends, by the kernel's own eventfds, sockets and signals.</summary>
public sealed class EventWaitTests : IDisposable
{
    private const int LongMs = 3000, ShortMs = 30, WindowChange = 28; // SIGWINCH, which nobody minds
    private readonly LoopbackTransport _host = new();
    private readonly ScalerLab.Told _governor = new() { Next = new ScalingDecision(0) };
    private readonly WakeEvent _packets = new();
    private readonly List<string> _told = [];

    public void Dispose()
    {
        _packets.Dispose();
        _host.Dispose();
    }

    [Fact]
    public void One_that_can_be_read_already_is_not_waited_for_until_the_application_has_read_it()
    {
        using LcoreScaler scaler = Settled(Handle());
        _packets.Set();
        Assert.InRange(Waited(scaler, LongMs), 0, LongMs - 1);
        Assert.InRange(Waited(scaler, LongMs), 0, LongMs - 1);
        _packets.Clear();
        Assert.InRange(Waited(scaler, ShortMs), ShortMs - 1, double.MaxValue);
        Assert.Empty(scaler.Warnings);
    }

    [Fact]
    public void What_comes_meanwhile_ends_the_wait_which_is_not_late()
    {
        using LcoreScaler scaler = Settled(Handle());
        using Timer packet = new(_ => _packets.Set(), null, ShortMs, Timeout.Infinite);
        Assert.InRange(Waited(scaler, LongMs), 0, LongMs - 1);
        Decide(scaler);
        Assert.True(_governor.Last.IdleTicks > 0);
        Assert.Equal(0UL, _governor.Last.LateTicks);
    }

    [Fact]
    public void Where_nothing_comes_the_time_ends_it()
    {
        using LcoreScaler scaler = Settled(Handle());
        Assert.InRange(Waited(scaler, ShortMs), ShortMs - 1, double.MaxValue);
        Assert.Empty(scaler.Warnings);
    }

    [Fact]
    public void A_signal_ends_it_early_and_is_no_problem()
    {
        using PosixSignalRegistration handled = PosixSignalRegistration.Create((PosixSignal)WindowChange, _ => { });
        using LcoreScaler scaler = Settled(Handle());
        int process = LibC.getpid(), thread = LibC.gettid();
        using Timer signal = new(_ => LibC.tgkill(process, thread, WindowChange), null, ShortMs, ShortMs);
        Assert.InRange(Waited(scaler, LongMs), 0, LongMs - 1);
        Assert.Empty(scaler.Warnings);
    }

    /// <summary>A number that no file of this process has: one that was closed might be another's by now.</summary>
    [Fact]
    public void One_that_is_not_open_is_told_once_and_slept_for() => AssertSlept(new SafeFileHandle(1_000_000, ownsHandle: false), "it is closed");

    [Fact]
    public void One_that_the_application_has_disposed_of_is_told_once_and_slept_for()
    {
        SafeFileHandle handle = Handle();
        handle.Dispose();
        AssertSlept(handle, "it is closed");
    }

    [Theory]
    [InlineData(PipeDirection.In, "its other end is gone (POLLHUP)")]
    [InlineData(PipeDirection.Out, "it has failed")]
    public void One_that_will_never_be_readable_again_is_told_once_and_slept_for(PipeDirection direction, string why)
    {
        using AnonymousPipeServerStream pipe = new(direction);
        pipe.DisposeLocalCopyOfClientHandle();
        AssertSlept(pipe.SafePipeHandle, why);
    }

    /// <summary>As a packet socket whose interface was down.</summary>
    [Fact]
    public void One_that_recovers_ends_waits_again()
    {
        using Socket socket = Udp(), gone = Udp();
        EndPoint peer = gone.LocalEndPoint!;
        gone.Dispose();
        socket.Connect(peer);
        socket.Send([1]);
        using LcoreScaler scaler = Settled(socket.SafeHandle);
        Assert.InRange(Waited(scaler, ShortMs), ShortMs - 1, double.MaxValue);
        Assert.Contains("it has failed", Assert.Single(scaler.Warnings), StringComparison.Ordinal);

        Assert.NotEqual(0, socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error));
        using Socket back = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        back.Bind(peer);
        back.SendTo([1], socket.LocalEndPoint!);
        Assert.InRange(Waited(scaler, LongMs), 0, LongMs - 1);
    }

    [Fact]
    public void It_takes_a_descriptor_and_no_other_way_does()
    {
        LcoreScalerOptions options = new() { Transport = _host, Pinning = ThreadPinning.Ignore, WaitBy = WaitMechanism.Event };
        Assert.Contains("WaitDescriptor is missing", Assert.Throws<ArgumentException>(() => new LcoreScaler(options)).Message, StringComparison.Ordinal);
        using SafeFileHandle handle = Handle();
        Assert.Contains("WaitDescriptor", Assert.Throws<ArgumentException>(() => new LcoreScaler(options with { WaitBy = WaitMechanism.Sleep, WaitDescriptor = handle })).Message, StringComparison.Ordinal);
    }

    private void AssertSlept(SafeHandle handle, string why)
    {
        using LcoreScaler scaler = Settled(handle);
        Assert.Empty(scaler.Warnings);
        for (int i = 0; i < 3; i++)
        {
            Assert.InRange(Waited(scaler, ShortMs), ShortMs - 1, double.MaxValue);
        }

        Assert.Contains(why, Assert.Single(scaler.Warnings), StringComparison.Ordinal);
        Assert.Equal(scaler.Warnings, _told);
    }

    private LcoreScaler Settled(SafeHandle descriptor)
    {
        LcoreScaler scaler = new(new LcoreScalerOptions { Transport = _host, Governor = _ => _governor, Pinning = ThreadPinning.Ignore, WaitBy = WaitMechanism.Event, WaitDescriptor = descriptor, Logger = new LineLogger(_told.Add) });
        Decide(scaler);
        Decide(scaler);
        return scaler;
    }

    private double Waited(LcoreScaler scaler, int milliseconds)
    {
        _governor.WaitTicks = TscClock.FromMicroseconds((ulong)milliseconds * 1000);
        Stopwatch time = new();
        bool waited = false;

        // Time that this thread was not given looks like a leap of the clock, after which nobody waits for a few decisions.
        for (int i = 0; i < 100 && !waited; i++)
        {
            Decide(scaler);
            time.Restart();
            waited = scaler.Idle();
        }

        Assert.True(waited);
        return time.Elapsed.TotalMilliseconds;
    }

    private static void Decide(LcoreScaler scaler)
    {
        for (ulong decided = scaler.Decisions; scaler.Decisions == decided;)
        {
            scaler.Observe(0, 0);
        }
    }

    private SafeFileHandle Handle() => new(_packets.Descriptor.Fd, ownsHandle: false);

    private static Socket Udp()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }
}
