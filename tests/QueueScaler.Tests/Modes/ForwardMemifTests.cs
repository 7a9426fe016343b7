using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Memif;
using Xunit;

namespace PollScale.Tests.QueueScaler.Modes;

/// <summary>The program with <c>--memif</c>, and Debian's dpdk-testpmd that generates and counts.</summary>
[Collection(nameof(ForwardMemifTests))]
public sealed class ForwardMemifTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    // Beside this test's own folder, where it has all that it needs.
    private static readonly string s_program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../queuescaler", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')) + "_linux-x64", "queuescaler"));
    private readonly TemporaryFolder _folder = new();
    private Process? _forwarder;
    private string _output = "";

    public void Dispose()
    {
        if (_forwarder is { HasExited: false })
        {
            _forwarder.Kill();
            _forwarder.WaitForExit();
        }

        _forwarder?.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("client", "server")]
    [InlineData("server", "client")]
    public void A_generator_s_packets_are_forwarded_back_and_both_sides_count_the_same(string ours, string theirs)
    {
        Testpmd.Require();
        string socket = _folder["memif.sock"];
        if (ours == "server")
        {
            Begin(socket, ours);
            Await("memif.sock is there", () => File.Exists(socket));
        }

        using Testpmd testpmd = new(Testpmd.Port(0, theirs, socket, ",id=2,secret=swordfish,rsize=11"), "-i --forward-mode=flowgen");
        if (ours == "client")
        {
            Begin(socket, ours);
        }

        Await("link up", () => Told("link up with 'DPDK"));
        testpmd.Say("start");
        Thread.Sleep(1000);
        testpmd.Say("stop");
        Thread.Sleep(1000); // what is in the rings is taken
        testpmd.End("quit"); // its output is buffered until then
        Await("link down", () => Told("link down: the peer "));
        string said = End();

        long sent = Count(testpmd.Output, @"TX-packets: (\d+)"), back = Count(testpmd.Output, @"RX-packets: (\d+)");
        long received = Count(said, @"received (\d+)"), forwarded = Count(said, @"forwarded (\d+)");
        Assert.InRange(sent, 10_000, long.MaxValue);
        Assert.Equal(sent, received);
        Assert.InRange(forwarded - back, 0, 2048); // left in the ring when the generator stopped
        Assert.Equal(received, forwarded + (said.Contains("TxFull", StringComparison.Ordinal) ? Count(said, @"TxFull (\d+)") : 0));
        Assert.Single(said.Split('\n'), line => line.Contains("link up", StringComparison.Ordinal));
        Assert.Single(said.Split('\n'), line => line.Contains("link down", StringComparison.Ordinal));
    }

    [Fact]
    public void A_socket_that_cannot_be_served_ends_it_with_what_to_do()
    {
        Begin(_folder["none/memif.sock"], "server");
        Assert.True(_forwarder!.WaitForExit(s_patience));
        _forwarder.WaitForExit();
        Assert.Equal(2, _forwarder.ExitCode);
        Assert.Contains("No memif socket can be served", _output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_peer_its_polls_are_empty_until_a_signal_comes()
    {
        Begin(_folder["memif.sock"], "client");
        Await("no link", () => Told("no link: nobody serves") && Told("P-states"));
        Thread.Sleep(300);
        string said = End();
        Assert.Contains("received 0, forwarded 0", said, StringComparison.Ordinal);
        Assert.True(Count(said, @"polls (\d+)") > 1000);
        Assert.Equal(Count(said, @"polls (\d+)"), Count(said, @"empty (\d+)"));
        Assert.Single(said.Split('\n'), line => line.Contains("no link", StringComparison.Ordinal));
    }

    /// <summary>Of the CPU that its polls take where nothing comes next to none is left, on a machine that may hold a thread up for 10 ms. A poll loop has all that a machine leaves it, so that polls are what is compared.</summary>
    [Fact]
    public void Where_nothing_comes_one_that_may_wait_makes_few_polls()
    {
        (long waiting, long polling) = (Polls("optimal-available:max-wait=1ms,wake-time=10ms,delay-bound=100ms,peak=10kpps"), Polls("optimal-available:delay-bound=100ms,peak=10kpps"));
        Assert.InRange(waiting, 100, polling / 20);

        long Polls(string governor)
        {
            Begin(_folder["memif.sock"], "client", "--governor", governor);
            Await("no link", () => Told("no link: nobody serves") && Told("P-states"));
            Thread.Sleep(1000);
            string said = End();
            _output = "";
            return Count(said, @"polls (\d+)");
        }
    }

    private void Begin(string socket, string role, params string[] more)
    {
        ProcessStartInfo start = new(s_program, ["--memif", $"{socket},role={role},id=2,secret=swordfish,rsize=11", "--doorbell", "loopback", "--default-route", "1", "--work-ns", "0", .. more])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _forwarder = Process.Start(start)!;
        _forwarder.OutputDataReceived += Take;
        _forwarder.ErrorDataReceived += Take;
        _forwarder.BeginOutputReadLine();
        _forwarder.BeginErrorReadLine();
    }

    private void Take(object sender, DataReceivedEventArgs line)
    {
        lock (_folder)
        {
            _output += line.Data + "\n";
        }
    }

    private bool Told(string words)
    {
        lock (_folder)
        {
            return _output.Contains(words, StringComparison.Ordinal);
        }
    }

    private string End()
    {
        Assert.Equal(0, CCompiler.Run("kill", ["-TERM", _forwarder!.Id.ToString(CultureInfo.InvariantCulture)]).Status);
        Assert.True(_forwarder.WaitForExit(s_patience), "it does not end");
        _forwarder.WaitForExit();
        Assert.True(_forwarder.ExitCode == 0, _output);
        return _output;
    }

    private void Await(string what, Func<bool> done)
    {
        long end = Environment.TickCount64 + (long)s_patience.TotalMilliseconds;
        while (!done())
        {
            Assert.True(Environment.TickCount64 < end && !_forwarder!.HasExited, $"waited in vain for: {what}\n{_output}");
            Thread.Sleep(20);
        }
    }

    private static long Count(string text, string pattern) => long.Parse(Regex.Matches(text, pattern)[^1].Groups[1].Value, CultureInfo.InvariantCulture);
}
