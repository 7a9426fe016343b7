using System.Text.Json;
using PollScale.GuestChannel;
using PollScale.HostStub.Cli;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Operate;
using PollScale.Native;
using PollScale.Programs;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Control;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Serve.Operators;

/// <summary>hoststub serve asked by status, top and set. Simulated P-states: 0 is 3.2 GHz, and each index is slower.</summary>
public sealed class ServeControlTests : IDisposable
{
    private readonly TemporaryTree _tree = new();
    private readonly StringWriter _output = new(), _error = new();

    private string Socket => At("control.sock");

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Status_tells_what_was_wished_granted_and_set_and_why()
    {
        string policy = Write(Guest("a", "control: true, fastest: 2", 900), Guest("b", "control: false", 901));
        using ServeProcess serve = new("--policy", policy, "--control", Socket);
        using StreamDescriptor a = ChannelLab.Connect(At("a"));
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Max)));

        JsonElement status = Ask(0, "status", "--json");
        Assert.Equal((serve.Pid, policy, 1), (status.GetProperty("pid").GetInt32(), status.GetProperty("policy").GetString(), status.GetProperty("version").GetInt32()));
        JsonElement[] vcpus = [.. status.GetProperty("vcpus").EnumerateArray()];
        Assert.Equal(["a", "b"], vcpus.Select(vcpu => vcpu.GetProperty("guest").GetString()));
        uint wished = vcpus[0].GetProperty("wished_khz").GetUInt32(), granted = vcpus[0].GetProperty("granted_khz").GetUInt32();
        Assert.True(wished > granted, $"{wished} {granted}");
        Assert.Equal((granted, "bound_fastest"), (vcpus[0].GetProperty("real_khz").GetUInt32(), vcpus[0].GetProperty("why").GetString()));
        Assert.Equal((1UL, 1UL), (vcpus[0].GetProperty("calls").GetUInt64(), vcpus[0].GetProperty("calls_by").GetProperty("clamped").GetUInt64()));
        Assert.True(vcpus[0].GetProperty("energy_j").GetDouble() > 0);
        Assert.Equal(("not_granted", JsonValueKind.Null), (vcpus[1].GetProperty("why").GetString(), vcpus[1].GetProperty("wished_khz").ValueKind));

        Assert.Equal(0, Run("status"));
        Assert.Contains("All is well.", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("faster than the guest's fastest P-state", _output.ToString(), StringComparison.Ordinal);
        serve.End();
        Assert.False(File.Exists(Socket));
    }

    [Fact]
    public void What_is_not_well_is_said_and_the_exit_code_says_so()
    {
        string policy = Write(Guest("a", "control: true", 900));
        using ServeProcess serve = new("--policy", policy, "--control", Socket);
        File.WriteAllText(policy, "version: 2");
        serve.Signal(1);
        serve.Next("change");

        JsonElement status = Ask((int)ExitCode.Failed, "status", "--json");
        Assert.Contains("cannot be used, the old one stays", status.GetProperty("problems")[0].GetString(), StringComparison.Ordinal);
        Write(Guest("a", "control: true", 900));
        serve.Reload();
        Assert.Equal(0, Run("status"));
        serve.EndTelling();
    }

    [Fact]
    public void Top_shows_calls_a_second_and_fits_what_it_is_shown_on()
    {
        using ServeProcess serve = new("--policy", Write(Guest("a", "control: true", 900)), "--control", Socket);

        Assert.Equal(0, Run("top", "--once", "--interval", "200ms"));
        Assert.Contains("calls/s", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("nothing was asked for yet", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', _output.ToString());
        serve.End();
    }

    [Fact]
    public void An_operator_narrows_what_the_policy_gives_and_never_widens_it()
    {
        using ServeProcess serve = new("--policy", Write(Guest("a", "control: true, fastest: 2, slowest: 6", 900), Guest("b", "control: true", 901)), "--control", Socket, "--audit", At("audit.jsonl"));
        using StreamDescriptor a = ChannelLab.Connect(At("a"));
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Max)));
        uint most = Vcpu("a").GetProperty("granted_khz").GetUInt32();

        Assert.Equal(0, Run("set", "a/0", "--fastest", "4"));
        JsonElement held = Vcpu("a");
        Assert.True(held.GetProperty("real_khz").GetUInt32() < most);
        Assert.Equal(("operator_bound", held.GetProperty("fastest_khz").GetUInt32()), (held.GetProperty("why").GetString(), held.GetProperty("granted_khz").GetUInt32()));
        Assert.Equal(Vcpu("b").GetProperty("fastest_khz").GetUInt32(), held.GetProperty("wished_khz").GetUInt32()); // what was asked for is known still

        Assert.Equal(0, Run("set", "a", "--fastest", "0", "--slowest", "9")); // beyond the file: the file's
        Assert.Equal((most, "bound_fastest"), (Vcpu("a").GetProperty("granted_khz").GetUInt32(), Vcpu("a").GetProperty("why").GetString()));

        Assert.Equal(0, Run("set", "a", "--deny"));
        Assert.Equal(("operator_denied", false), (Vcpu("a").GetProperty("why").GetString(), Vcpu("a").GetProperty("control").GetBoolean()));
        Assert.Equal(ReplyCommand.Nack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Min)));
        Assert.Equal(0, Run("set", "a", "--reset"));
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Max)));
        Assert.Equal(most, Vcpu("a").GetProperty("granted_khz").GetUInt32());

        Assert.Equal(0, Run("set", "a", "--withdraw"));
        Assert.Equal("operator_withdrew", Vcpu("a").GetProperty("why").GetString());
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Max)));
        Assert.Equal(0, Run("set", "a", "--fastest", "4"));
        serve.Reload();
        Assert.Equal(most, Vcpu("a").GetProperty("granted_khz").GetUInt32()); // forgotten
        serve.End();

        JsonElement[] acts = [.. File.ReadLines(At("audit.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).Where(line => line.TryGetProperty("operator", out _))];
        Assert.Equal(["fastest 4", "fastest 0, slowest 9", "deny", "reset", "withdraw", "fastest 4"], acts.Select(act => act.GetProperty("set").GetString()));
        Assert.All(acts, act => Assert.Equal((LibC.geteuid(), "a"), (act.GetProperty("operator").GetUInt32(), act.GetProperty("guest").GetString())));
        Assert.Equal(0, acts[0].GetProperty("vcpu").GetInt32());
    }

    [Theory]
    [InlineData("nobody", "--deny", "names no guest nobody")]
    [InlineData("a/7", "--deny", "names no guest a/7")]
    [InlineData("a", "--fastest=fast", "a P-state index from 0")]
    public void What_an_operator_gets_wrong_is_said_changes_nothing_and_is_on_record(string guest, string setting, string told)
    {
        using ServeProcess serve = new("--policy", Write(Guest("a", "control: true", 900)), "--control", Socket, "--audit", At("audit.jsonl"));

        Assert.Equal((int)ExitCode.Environment, Run("set", guest, setting));
        Assert.Contains(told, _error.ToString(), StringComparison.Ordinal);
        Assert.Equal("nothing_asked", Vcpu("a").GetProperty("why").GetString());
        serve.End();
        Assert.Contains(told, File.ReadAllText(At("audit.jsonl")), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_daemon_it_is_said_where_one_was_looked_for()
    {
        Assert.Equal((int)ExitCode.Environment, Run("status"));
        Assert.Contains($"No hoststub serve answers at {Socket}.", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("hoststub serve --policy FILE", _error.ToString(), StringComparison.Ordinal);
        UnixSocket.Listen(Socket).Dispose(); // of a killed one
        Assert.Equal((int)ExitCode.Environment, Run("top", "--once"));
    }

    [Fact]
    public void Garbage_ends_its_connection_and_nothing_else()
    {
        using ServeProcess serve = new("--policy", Write(Guest("a", "control: true", 900)), "--control", Socket);
        foreach (string garbage in (string[])["\0\u0001\n", "{}\n", "[[[[[[\n", "{\"version\":2,\"command\":\"status\"}\n", "{\"version\":1,\"command\":\"reboot\"}\n", "{\"version\":1,\"command\":\"status\",\"x\":1}\n", "null\n"])
        {
            using StreamDescriptor client = ChannelLab.Connect(Socket);
            client.Write(System.Text.Encoding.UTF8.GetBytes(garbage));
            Assert.True(client.WaitReadable(30_000));
            byte[] answer = new byte[4096];
            int length = client.Read(answer);
            JsonElement told = JsonDocument.Parse(answer.AsMemory(0, length)).RootElement;
            Assert.Equal(("summary", "failed"), (told.GetProperty("type").GetString(), told.GetProperty("status").GetString()));
            Assert.True(client.WaitReadable(30_000));
            Assert.Equal(0, client.Read(answer));
        }

        Assert.Equal(0, Run("status"));
        serve.End();
    }

    [Fact]
    public void A_path_that_cannot_be_had_ends_the_start_and_a_killed_daemons_does_not()
    {
        string policy = Write(Guest("a", "control: true", 900));
        using (ServeProcess serve = new("--policy", policy, "--control", Socket))
        {
            ServeLauncher();
            serve.Signal(9);
            serve.WaitForEnd();
        }

        using ServeProcess next = new("--policy", policy, "--control", Socket);
        Assert.Equal(0, Run("status"));
        next.End();

        void ServeLauncher()
        {
            using Interrupt interrupt = new();
            using StringWriter error = new();
            PollScale.HostStub.Serve.ServeLauncher second = new(TextWriter.Null, error, null, interrupt, _ => null);
            Assert.Equal((int)ExitCode.Environment, new HostStubCommand(
                _ => ExitCode.Internal, _ => ExitCode.Internal, _ => ExitCode.Internal, second.Run, _ => ExitCode.Internal, TextWriter.Null, error).Invoke(
                ["serve", "--policy", WriteAs("other.yaml", Guest("c", "control: true", 902)), "--control", Socket]));
            Assert.Contains("another hoststub serve has it", error.ToString(), StringComparison.Ordinal);
        }
    }

    private JsonElement Vcpu(string guest) => Ask(0, "status", "--json").GetProperty("vcpus").EnumerateArray().Single(vcpu => vcpu.GetProperty("guest").GetString() == guest);

    private JsonElement Ask(int code, params string[] arguments)
    {
        _output.GetStringBuilder().Clear();
        Assert.Equal(code, Run(arguments));
        return JsonDocument.Parse(_output.ToString()).RootElement;
    }

    private int Run(params string[] arguments)
    {
        using Interrupt interrupt = new();
        return new HostStubCommand(_ => ExitCode.Internal, _ => ExitCode.Internal, _ => ExitCode.Internal, _ => ExitCode.Internal, _ => ExitCode.Internal, _output, _error)
        {
            Status = new StatusLauncher(_output, null, _ => null).Run,
            Top = new TopLauncher(_output, _error, null, interrupt, _ => null).Run,
            Set = new SetLauncher(_output, _ => null).Run,
        }.Invoke([.. arguments, "--control", Socket]);
    }

    private string At(string name) => $"{_tree.Root}/{name}";

    private string Write(params string[] guests) => WriteAs("policy.yaml", guests);

    private string WriteAs(string name, params string[] guests)
    {
        File.WriteAllText(At(name), $"version: 1\nguests:\n{string.Concat(guests)}");
        return At(name);
    }

    private string Guest(string name, string rights, int pCpu) =>
        $"  - {{name: {name}, {rights}, vcpus: [{{vcpu: 0, pcpu: {pCpu}, channel: {{listen: {At(name)}}}}}]}}\n";
}
