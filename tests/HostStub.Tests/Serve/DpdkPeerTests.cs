using System.Text.Json;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.Tests.Shared.Control;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Serve;

/// <summary>Unmodified DPDK programs against hoststub serve. One after the other: the port's path is fixed in librte_power.</summary>
public class DpdkPeerTests
{
    // max, down, down, up, min, up, the turbo switches (no turbo state: refused), max; then a policy and a list of frequencies.
    private static readonly string[] s_expected =
    [
        "first 3000000", "max 1 ack 3000000", "down 1 ack 2500000", "down 1 ack 2000000", "up 1 ack 2500000", "min 1 ack 500000", "up 1 ack 1000000",
        "enable_turbo 1 nack 1000000", "disable_turbo 1 nack 1000000", "max 1 ack 3000000", "policy 0 nack", "list 3000000",
    ];

    [Fact]
    public void Dpdk_test_passes_and_each_of_its_commands_lands()
    {
        DpdkPeer.Require(compiler: false);
        using ServeProcess serve = new("--channel", $"vm0:0:pty:{DpdkPeer.Port}");
        string output = DpdkPeer.RunTest("power_kvm_vm_autotest");
        JsonElement channel = serve.End();

        Assert.Contains("Test OK", output, StringComparison.Ordinal);

        // CONNECT, then both turbo switches, UP, DOWN, MIN, MAX.
        Assert.Equal((7, 1, 4, 2), (Count(channel, "requests"), Count(channel, "without_reply"), Count(channel, "acks"), Count(channel, "unsupported")));
        Assert.Equal((2, 0, 0), (Count(channel, "nacks"), Count(channel, "resyncs"), Count(channel, "dropped_replies")));
    }

    [Fact]
    public void Librte_power_over_a_pty_gets_each_decision()
    {
        DpdkPeer.Require(compiler: true);
        ScriptedBackend backend = new(ChannelLab.Table, initial: 0);
        using ChannelLab lab = new(ChannelLab.Binding(new PtyEndpoint(DpdkPeer.Port), ChannelLab.Service(backend)));

        Assert.Equal(s_expected, DpdkPeer.RunPowerPeer());
        Assert.Equal(0, backend.Requested);
    }

    [Fact]
    public void Librte_power_over_qemus_unix_socket_gets_each_decision()
    {
        DpdkPeer.Require(compiler: true);
        ScriptedBackend backend = new(ChannelLab.Table, initial: 0);
        string folder = Directory.CreateTempSubdirectory("qemu").FullName;
        using (ChannelLab lab = new(ChannelLab.Binding(new ConnectEndpoint(Path.Combine(folder, "poweragent.0")), ChannelLab.Service(backend))))
        using (SerialRelay qemu = new(DpdkPeer.Port, Path.Combine(folder, "poweragent.0")))
        {
            Assert.Equal(s_expected, DpdkPeer.RunPowerPeer());
            Assert.Equal((0, 1ul), (backend.Requested, lab.Server.Channels[0].Counters.Connects));
        }

        Directory.Delete(folder, recursive: true);
    }

    private static int Count(JsonElement channel, string name) => channel.GetProperty(name).GetInt32();
}
