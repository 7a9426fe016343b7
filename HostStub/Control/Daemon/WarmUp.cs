using PollScale.Clock;
using PollScale.GuestChannel;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.HostStub.Daemon.Protocol;
using PollScale.Native;
using PollScale.Telemetry;

namespace PollScale.HostStub.Daemon;

/// <summary>Serves every command once on a channel of its own, so that no guest's first request waits for the compiler.</summary>
internal static class WarmUp
{
    public static void Run()
    {
        (StreamDescriptor guest, StreamDescriptor host) = StreamDescriptor.Pair();
        using (guest)
        {
            NoService service = new();
            GuestVcpus vcpus = new();
            vcpus.Add(0, service);
            using ServedChannel channel = new(new ChannelBinding { GuestName = "", Vcpu = 0, Endpoint = new GivenEndpoint(host), Service = service, AllowQueries = true }, vcpus) { Recorder = new LatencyHistogram() };
            channel.TryOpen(0);
            byte[] bytes = new byte[GuestChannelAbi.PacketBytes];
            for (ChannelCommand command = 0; command <= ChannelCommand.QueryCaps; command++)
            {
                ChannelPackets.WriteRequest(bytes, command, ScaleUnit.Up, 0);
                guest.Write(bytes);
                channel.Serve(TscClock.Now, 0);
                guest.Read(bytes);
            }

            channel.TimeOut(0);
        }
    }
}
