using System.Text.Json;
using PollScale.GuestChannel;
using PollScale.HostStub.Cli;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Serve;
using PollScale.Native;
using PollScale.Programs;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Control;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Serve;

/// <summary>`hoststub serve --policy` with simulated P-states. The default table: 0 is 3.2 GHz; each pCPU of these tests is a core of its own.</summary>
public sealed class ServePolicyTests : IDisposable
{
    private readonly TemporaryTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void A_guest_has_what_its_policy_grants_and_no_more()
    {
        string policy = Write(Guest("free", "control: true, fastest: 2, slowest: 4", 0, 900), Guest("bound", "control: false", 3, 901));
        using ServeProcess serve = new("--policy", policy, "--audit", At("audit.jsonl"));
        JsonElement[] channels = [.. serve.Start.GetProperty("channels").EnumerateArray()];
        Assert.Equal([("free", 0, 900, true), ("bound", 3, 901, false)], channels.Select(c => (
            c.GetProperty("guest").GetString()!, c.GetProperty("vcpu").GetInt32(), c.GetProperty("pcpu").GetInt32(), c.GetProperty("control").GetBoolean())));
        Assert.True(channels[0].GetProperty("fastest_khz").GetUInt32() > channels[0].GetProperty("slowest_khz").GetUInt32());

        using StreamDescriptor free = ChannelLab.Connect(At("free")), bound = ChannelLab.Connect(At("bound"));
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(free, ChannelLab.Scale(ScaleUnit.Min)));
        Assert.Equal(channels[0].GetProperty("slowest_khz").GetUInt32(), Frequency(free, 0));
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(free, ChannelLab.Scale(ScaleUnit.Max)));
        Assert.Equal(channels[0].GetProperty("fastest_khz").GetUInt32(), Frequency(free, 0));
        Assert.Equal(ReplyCommand.Nack, ChannelLab.Ask(bound, ChannelLab.Request(ChannelCommand.CpuPower, ScaleUnit.Min, resource: 3)));
        Assert.Equal(ReplyCommand.Nack, ChannelLab.Ask(bound, ChannelLab.Request(ChannelCommand.CpuPower, ScaleUnit.Min, resource: 0)));
        serve.End();
        string[] decisions = File.ReadAllLines(At("audit.jsonl"));
        Assert.Contains(decisions, line => line.Contains("\"guest\":\"free\"", StringComparison.Ordinal) && line.Contains("\"asked\":\"min\"", StringComparison.Ordinal) && line.Contains("\"p_state\":4", StringComparison.Ordinal));
        Assert.Contains(decisions, line => line.Contains("\"guest\":\"bound\"", StringComparison.Ordinal) && line.Contains("\"decided\":\"denied\",\"reason\":\"not_granted\"", StringComparison.Ordinal));
    }

    [Fact]
    public void A_reload_holds_at_once_and_keeps_the_peer()
    {
        string policy = Write(Guest("a", "control: true, slowest: 4", 0, 900), Guest("b", "control: true", 0, 901));
        using ServeProcess serve = new("--policy", policy);
        using StreamDescriptor a = ChannelLab.Connect(At("a")), b = ChannelLab.Connect(At("b"));
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Min)));
        uint before = Frequency(a, 0);

        Write(Guest("new", "control: true", 0, 902), Guest("a", "control: true, slowest: 1", 0, 900));
        Assert.Equal($"The policy {policy} is in force, with 2 channels.", serve.Reload());

        Assert.True(Frequency(a, 0) > before);
        Assert.Equal(0, ChannelLab.ReadEnd(b));
        Assert.False(File.Exists(At("b")));
        using StreamDescriptor added = ChannelLab.Connect(At("new"));
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(added, ChannelLab.Scale(ScaleUnit.Min)));
        JsonElement[] channels = End(serve);
        Assert.Equal(["new", "a"], channels.Select(c => c.GetProperty("guest").GetString()!));
        Assert.Equal(1, channels[1].GetProperty("connects").GetInt32());
    }

    [Fact]
    public void A_reload_can_take_control_and_queries_away()
    {
        using ServeProcess serve = new("--policy", Write(Guest("a", "control: true", 0, 900)));
        using StreamDescriptor a = ChannelLab.Connect(At("a"));
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Min)));
        Assert.NotEqual(0u, Frequency(a, 0));

        Write(Guest("a", "control: false, queries: false", 0, 900));
        serve.Reload();

        Assert.Equal(ReplyCommand.Nack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Min)));
        ChannelLab.Write(a, ChannelLab.Request(ChannelCommand.QueryFreq));
        Assert.Equal((uint)ReplyCommand.Nack, PacketHead.Read(ChannelLab.Read(a, GuestChannelAbi.FreqListBytes)).Command);
        Assert.False(serve.End().GetProperty("control").GetBoolean());
    }

    [Theory]
    [InlineData("version: 1\nguest: []\n", "policy.yaml:2:1: unknown key guest")]
    [InlineData("version: 1\nguests:\n  - {name: a, control: true, fastest: 60, vcpus: [{vcpu: 0, pcpu: 900}]}\n", "policy.yaml:3:39: guest a: pCPU 900 has no P-state for fastest: 60")]
    public void An_invalid_file_is_told_with_its_place_and_changes_nothing(string yaml, string why)
    {
        using ServeProcess serve = new("--policy", Write(Guest("a", "control: true", 0, 900)));
        using StreamDescriptor a = ChannelLab.Connect(At("a"));
        _tree.Write("policy.yaml", yaml);

        string told = serve.Reload();

        Assert.StartsWith("The new policy cannot be used, the old one stays in force:", told, StringComparison.Ordinal);
        Assert.Contains(why, told, StringComparison.Ordinal);
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Min)));
        Assert.Equal(1, serve.End($"hoststub: {told}\n").GetProperty("connects").GetInt32());
    }

    [Fact]
    public void A_channel_that_a_reload_cannot_make_is_told_and_tried_again()
    {
        string missing = At("made-later/a");
        using ServeProcess serve = new("--policy", Write(Guest("b", "control: true", 0, 901)));
        Write(Guest("b", "control: true", 0, 901), Guest("made-later/a", "control: true", 0, 900));
        string told = serve.Reload();
        Assert.Matches(@"policy\.yaml:4:\d+: The channel listen:.*cannot be made", told);

        Directory.CreateDirectory(Path.GetDirectoryName(missing)!);
        Assert.Equal($"The policy {At("policy.yaml")} is in force, with 2 channels.", serve.Reload());
        using StreamDescriptor a = ChannelLab.Connect(missing);
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Min)));
        serve.End();
    }

    [Fact]
    public void A_log_moved_away_is_begun_anew()
    {
        string audit = At("audit.jsonl");
        using ServeProcess serve = new("--policy", Write(Guest("a", "control: true", 0, 900)), "--audit", audit);
        using StreamDescriptor a = ChannelLab.Connect(At("a"));
        File.Move(audit, At("audit.1"));
        serve.Reload();
        ChannelLab.Until(() => File.Exists(audit), "the log is not opened anew");
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Min)));
        serve.End();

        Assert.Contains("\"asked\":\"min\"", File.ReadAllText(audit), StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_that_does_not_fit_ends_it_with_status_1_and_the_place()
    {
        (int code, string error, _) = Run(Write(Guest("a", "control: true, slowest: 60", 0, 900)));

        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Matches(@"^hoststub: .*policy\.yaml:3:\d+: guest a: pCPU 900 has no P-state for slowest: 60", error);
    }

    [Fact]
    public void A_channel_that_cannot_be_made_is_told_with_its_place()
    {
        (int code, string error, _) = Run(Write(Guest("no/folder", "control: true", 0, 900)));

        Assert.Equal((int)ExitCode.Environment, code);
        Assert.Matches(@"^hoststub: .*policy\.yaml:3:\d+: The channel listen:", error);
    }

    [Fact]
    public void The_table_for_people_names_pcpu_control_and_bounds()
    {
        (int code, _, string output) = Run(Write(Guest("a", "control: true, fastest: 2 GHz, slowest: 1 GHz", 0, 900), Guest("b", "control: false", 0, 901)));

        Assert.Equal(0, code);
        Assert.Matches(@"a +│ +0 +│ +900 +│ listen:\S+ +│ yes +│ 1,000 to 2,000 MHz", output);
        Assert.Matches(@"b +│ +0 +│ +901 +│ listen:\S+ +│ no +│", output);
    }

    private static (int Code, string Error, string Output) Run(string policy)
    {
        StringWriter output = new(), error = new();
        using Interrupt interrupt = new();
        interrupt.Raise();
        ServeLauncher launcher = new(output, error, null, interrupt, _ => null);
        int code = new HostStubCommand(_ => ExitCode.Internal, _ => ExitCode.Internal, _ => ExitCode.Internal, launcher.Run, _ => ExitCode.Internal, output, error).Invoke(["serve", "--policy", policy]);
        return (code, error.ToString(), output.ToString());
    }

    private static uint Frequency(StreamDescriptor guest, int vcpu)
    {
        ChannelLab.Write(guest, ChannelLab.Request(ChannelCommand.QueryFreq, resource: (ulong)vcpu));
        return ChannelPackets.Frequency(ChannelLab.Read(guest, GuestChannelAbi.FreqListBytes), vcpu);
    }

    private static JsonElement[] End(ServeProcess serve)
    {
        serve.Signal(LibC.SIGTERM);
        return [.. serve.Next("summary").GetProperty("channels").EnumerateArray()];
    }

    private string At(string name) => Path.Combine(_tree.Root, name);

    private string Guest(string name, string rights, int vcpu, int pCpu) =>
        $"  - {{name: {name}, {rights}, vcpus: [{{vcpu: {vcpu}, pcpu: {pCpu}, channel: {{listen: \"{At(name)}\"}}}}]}}\n";

    private string Write(params string[] guests) => _tree.Write("policy.yaml", $"version: 1\nguests:\n{string.Concat(guests)}");
}
