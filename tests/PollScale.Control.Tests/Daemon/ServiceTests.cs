using System.Globalization;
using System.Net.Sockets;
using System.Text;
using PollScale.HostStub.Daemon;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Daemon;

/// <summary>What systemd sees.</summary>
public sealed class ServiceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("service").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Readiness_life_and_end_are_told()
    {
        string path = Path.Combine(_folder, "notify");
        using Socket manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(path));
        using ServiceNotifier notifier = new(name => name switch
        {
            "NOTIFY_SOCKET" => path,
            "WATCHDOG_USEC" => "10000000",
            "WATCHDOG_PID" => Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            _ => null,
        });
        notifier.Ready("Serving 1 channels");
        notifier.Alive();
        notifier.Reloading();
        notifier.Stopping();

        Assert.Equal(TimeSpan.FromSeconds(5), notifier.WatchdogPeriod);
        Assert.Equal("READY=1\nSTATUS=Serving 1 channels", Receive(manager));
        Assert.Equal("WATCHDOG=1", Receive(manager));
        Assert.Matches(@"^RELOADING=1\nMONOTONIC_USEC=\d+$", Receive(manager));
        Assert.Equal("STOPPING=1", Receive(manager));
    }

    [Fact]
    public void Another_process_watchdog_is_not_ours_and_no_manager_is_no_matter()
    {
        using ServiceNotifier none = new(_ => null);
        using ServiceNotifier gone = new(name => name == "NOTIFY_SOCKET" ? Path.Combine(_folder, "nothing") : null);
        using ServiceNotifier other = new(name => name switch { "NOTIFY_SOCKET" => "@pollscale-test-nobody", "WATCHDOG_USEC" => "1000000", "WATCHDOG_PID" => "1", _ => null });
        none.Ready("");
        gone.Stopping();
        other.Alive();

        Assert.Null(other.WatchdogPeriod);
    }

    private static string Receive(Socket manager)
    {
        byte[] datagram = new byte[1024];
        manager.ReceiveTimeout = (int)ChannelLab.Patience.TotalMilliseconds;
        return Encoding.UTF8.GetString(datagram, 0, manager.Receive(datagram));
    }
}
