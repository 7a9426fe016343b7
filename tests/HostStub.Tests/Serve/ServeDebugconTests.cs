using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using PollScale.GuestChannel;
using PollScale.Native;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Control;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Serve;

/// <summary>`hoststub serve` with debug ports, its reader a process as it is in use.</summary>
public sealed class ServeDebugconTests : IDisposable
{
    private const uint FastestKHz = 3_000_000, StepKHz = 100_000; // of the default table
    private const int SigStop = 19, SigCont = 18;
    private readonly TemporaryTree _tree = new();
    private StreamDescriptor? _eye; // another guest's channel, which tells what the pCPU runs at

    public void Dispose()
    {
        _eye?.Dispose();
        _tree.Dispose();
    }

    [Fact]
    public void Bytes_become_wishes_within_the_policy_and_the_audit_says_what_the_guest_believes()
    {
        string audit = At("audit.jsonl");
        using DebugPortPeer vm = new(At("d0"));
        using ServeProcess serve = new("--policy", Write("fastest: 2, slowest: 6"), "--audit", audit);
        vm.Meet().Write(0x83);
        Decision(audit, "\"argument\":3,\"decided\":\"granted\",\"reason\":\"none\",\"p_state\":3");
        vm.Write("GRUB loading, please wait..."u8);
        vm.Write(0x80);
        Decision(audit, "\"argument\":0,\"decided\":\"clamped\",\"reason\":\"bound_fastest\",\"p_state\":2,\"khz\":2800000,\"one_way\":true");

        Write("fastest: 1, slowest: 6");
        serve.Reload();
        Runs(1);

        JsonElement channel = End(serve);
        Assert.Equal($"debugcon:{At("d0")}", channel.GetProperty("endpoint").GetString());
        Assert.Equal(
            (true, 30, 28, 1),
            (channel.GetProperty("connected").GetBoolean(), channel.GetProperty("control_bytes").GetInt32(), channel.GetProperty("unknown_bytes").GetInt32(), channel.GetProperty("connects").GetInt32()));
    }

    [Fact]
    public void A_guest_never_waits_for_serve_and_its_newest_byte_holds_when_it_is_back()
    {
        string audit = At("audit.jsonl");
        using DebugPortPeer vm = new(At("d0"));
        using ServeProcess serve = new("--policy", Write(""), "--audit", audit);
        vm.Meet().Write(0x81);
        Runs(1);

        // More than the socket holds: QEMU's write would block until serve goes on.
        serve.Signal(SigStop);
        Stopwatch stopped = Stopwatch.StartNew();
        while (stopped.Elapsed < TimeSpan.FromSeconds(10))
        {
            vm.Write([.. Enumerable.Repeat((byte)0x84, 2000), 0x85]);
        }

        serve.Signal(SigCont);
        Assert.True(vm.LongestWait < TimeSpan.FromSeconds(1), $"A byte waited {vm.LongestWait.TotalMilliseconds} ms for a serve that stood still for {stopped.Elapsed.TotalSeconds} s.");
        TestContext.Current.TestOutputHelper?.WriteLine($"longest wait {vm.LongestWait.TotalMilliseconds:0.000} ms");
        Runs(5);
        End(serve);
    }

    [Fact]
    public void A_reader_that_dies_is_started_again_and_the_wish_stays_meanwhile()
    {
        string audit = At("audit.jsonl");
        using DebugPortPeer vm = new(At("d0"));
        using ServeProcess serve = new("--policy", Write(""), "--audit", audit);
        vm.Meet().Write(0x84);
        Runs(4);

        Assert.Equal(0, LibC.kill(Reader(serve), LibC.SIGKILL));
        serve.Notice("has ended (signal 9); it is started again");
        vm.MeetAgain();
        vm.Write(0x85);
        Runs(5);

        Assert.DoesNotContain(File.ReadAllLines(audit), line => line.Contains("withdrawn", StringComparison.Ordinal));
        Assert.Equal(2, End(serve).GetProperty("connects").GetInt32());
    }

    [Fact]
    public void A_vm_that_ends_takes_its_wish_along()
    {
        string audit = At("audit.jsonl");
        using ServeProcess serve = new("--policy", Write(""), "--audit", audit);
        using (DebugPortPeer vm = new DebugPortPeer(At("d0")).Meet())
        {
            vm.Write(0x84);
            Runs(4);
        }

        Decision(audit, "\"decided\":\"withdrawn\",\"reason\":\"guest_gone\",\"p_state\":0");
        using DebugPortPeer next = new DebugPortPeer(At("d0")).Meet();
        next.Write(0x83);
        Runs(3);
        End(serve);
    }

    [Theory]
    [InlineData(LibC.SIGKILL)]
    [InlineData(LibC.SIGTERM)]
    public void The_reader_ends_with_serve_however_that_ends(int signal)
    {
        using DebugPortPeer vm = new(At("d0"));
        using ServeProcess serve = new("--policy", Write(""));
        vm.Meet();
        int reader = Reader(serve);
        foreach (int ignored in (int[])[LibC.SIGTERM, LibC.SIGINT, LibC.SIGHUP])
        {
            Assert.Equal(0, LibC.kill(reader, ignored));
        }

        vm.Write(0x80); // it is still there
        Assert.False(vm.IsLeft());
        serve.Signal(signal);

        ChannelLab.Until(vm.IsLeft, "the reader outlives serve");
    }

    [Fact]
    public void A_flood_costs_no_more_than_the_budget()
    {
        string audit = At("audit.jsonl");
        using DebugPortPeer vm = new(At("d0"));
        using ServeProcess serve = new("--policy", Write("budget: {calls-per-second: 10,burst: 2}"), "--audit", audit);
        vm.Meet();
        Stopwatch time = Stopwatch.StartNew();
        while (time.Elapsed < TimeSpan.FromSeconds(2))
        {
            vm.Write(0x81, 0x82, 0x83);
        }

        double seconds = time.Elapsed.TotalSeconds + 1;
        vm.Write(0x86);
        Runs(6);
        JsonElement channel = End(serve);
        Assert.InRange(channel.GetProperty("requests").GetInt32(), 1, 2 + (int)(10 * seconds));
        Assert.True(channel.GetProperty("control_bytes").GetInt64() > 1000);
    }

    [Fact]
    public void A_debug_port_comes_and_goes_with_the_policy_file()
    {
        string audit = At("audit.jsonl");
        using DebugPortPeer vm = new(At("d0"));
        using ServeProcess serve = new("--policy", Write(""), "--audit", audit);
        vm.Meet().Write(0x82);
        Runs(2);

        string whole = File.ReadAllText(At("policy.yaml"));
        _tree.Write("policy.yaml", whole.Replace($", channel: {{debugcon: {At("d0")}}}", "", StringComparison.Ordinal));
        serve.Reload();
        ChannelLab.Until(vm.IsLeft, "the port is still read");
        Decision(audit, "withdrawn");
        Runs(0);

        Write("");
        serve.Reload();
        vm.MeetAgain();
        vm.Write(0x83);
        Runs(3);
        End(serve);
    }

    [Fact]
    public void Nobody_else_can_start_the_reader()
    {
        using Process process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "hoststub"), ["debugcon-reader"]) { RedirectStandardError = true })!;
        string told = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal((1, "hoststub: debugcon-reader is started by hoststub serve, which gives it what it needs.\n"), (process.ExitCode, told));
    }

    private static void Decision(string audit, string words) => ChannelLab.Until(() => File.Exists(audit) && Lines(audit).Any(line => line.Contains(words, StringComparison.Ordinal)), $"no decision {words}");

    // Of decisions of one kind the log has the first each second.
    private void Runs(int pState)
    {
        _eye ??= ChannelLab.Connect(At("eye"));
        ChannelLab.Until(() => Frequency(_eye) == FastestKHz - (StepKHz * (uint)pState), $"the pCPU runs at {Frequency(_eye)} kHz, not at P-state {pState}");
    }

    private static uint Frequency(StreamDescriptor eye)
    {
        ChannelLab.Write(eye, ChannelLab.Request(ChannelCommand.QueryFreq));
        return ChannelPackets.Frequency(ChannelLab.Read(eye, GuestChannelAbi.FreqListBytes), 0);
    }

    private static JsonElement End(ServeProcess serve)
    {
        serve.Signal(LibC.SIGTERM);
        return serve.Next("summary").GetProperty("channels").EnumerateArray().Single(channel => channel.GetProperty("guest").GetString() == "vm");
    }

    private static string[] Lines(string audit)
    {
        using StreamReader reader = new(new FileStream(audit, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n');
    }

    // The only child that serve has.
    private static int Reader(ServeProcess serve)
    {
        int reader = 0;
        ChannelLab.Until(() => Children(serve.Pid, out reader), "serve has no reader");
        return reader;
    }

    // A child is that of the thread that started it.
    private static bool Children(int process, out int child)
    {
        child = Directory.GetDirectories($"/proc/{process}/task").Select(task => File.ReadAllText($"{task}/children").Trim()).Where(text => text.Length > 0).Select(text => int.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture)).FirstOrDefault();
        return child > 0;
    }

    private string At(string name) => $"{_tree.Root}/{name}";

    private string Write(string more) => _tree.Write("policy.yaml",
        $"version: 1\nguests:\n  - name: vm\n    control: true\n{string.Concat(more.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(item => $"    {item}\n"))}    vcpus: [{{vcpu: 0, pcpu: 900, channel: {{debugcon: {At("d0")}}}}}]\n  - name: eye\n    vcpus: [{{vcpu: 0, pcpu: 900, channel: {{listen: {At("eye")}}}}}]\n");
}
