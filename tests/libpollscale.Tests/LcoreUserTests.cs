using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.C.Lcores;
using PollScale.Native;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Cpufreq;
using Xunit;

namespace PollScale.C.Tests;

/// <summary>A program in C (lcore_user.c) against the library as it ships.</summary>
public class LcoreUserTests
{
    private const string Loopback = "transport=loopback";
    private static readonly Lazy<string> s_program = new(() => PublishedLibrary.Program("lcore_user", "-O2"));

    private static readonly Lazy<string> s_sanitized = new(() => PublishedLibrary.Program("lcore_user", "-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"));

    [Fact]
    public void A_loop_is_scaled_down_and_up()
    {
        string[] lines = Run("loop", Loopback);
        Assert.Matches("^granted 5 polls [0-9]+ received 0$", lines[2]);
        Assert.Equal("granted 0 received 64000 full 2000 decisions some calls some failed 0", lines[^1]);
    }

    [Theory]
    [InlineData("ring-size=31", "32 .. 65536")]
    [InlineData("ring-size=64 burst-size=65", "at most the ring's 64")]
    [InlineData("decision-period=11ms", "1us .. 10ms")]
    [InlineData("queues=17", "1 .. 16")]
    [InlineData("peak=2e9", "0 .. 1000000000")]
    [InlineData("packet-cycles=0", "not both 0")]
    [InlineData("governor=none", "'none' is no governor")]
    [InlineData("governor=drain-time:drain-time=1y", "drain-time")]
    [InlineData("transport=wire", "auto | hypercall | port")]
    [InlineData("rings=1", "it takes transport, ")]
    [InlineData("cpu", "'cpu' is no option=value")]
    [InlineData("cpu=0 cpu=1", "given twice")]
    [InlineData("pinning=ignore cpu=0", "null when Pinning is Ignore")]
    public void A_wrong_setting_is_told_with_what_would_be_right(string settings, string words)
    {
        string line = Run("create", settings.StartsWith("transport", StringComparison.Ordinal) ? settings : $"{Loopback} {settings}").First(told => told.StartsWith("create ", StringComparison.Ordinal));
        Assert.StartsWith($"create {(int)LcoreStatus.Invalid} ", line);
        Assert.Contains(words, line, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_host_it_says_what_was_looked_for()
    {
        using TemporaryFolder empty = new();
        string[] lines = Run("create", $"transport=guest-channel root={empty.Path}");
        Assert.StartsWith($"create {(int)LcoreStatus.Unavailable} ", lines[0]);
        Assert.Contains("virtio", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_thread_that_is_not_pinned_is_refused() =>
        Assert.Matches($"^create {(int)LcoreStatus.Pinning} The polling thread must be pinned to CPU 1023, but it is pinned to CPU [0-9]+\\. .* pinning=pin\\.$", Run("create", $"{Loopback} cpu=1023")[0]);

    [Fact]
    public void Words_are_told_and_cut_to_fit()
    {
        string[] lines = Run("texts", Loopback + " governor=drain-time:drain-time=500us peak=14.88Mpps");
        Assert.Equal("text 0 1 loopback", lines[2]);
        Assert.Equal("text 1 1 drain-time:drain-time=500us", lines[3]);
        Assert.Matches("^text 2 1 .*[Ll]oss", lines[4]);
        Assert.All((string[])[lines[1], lines[^2]], line => Assert.StartsWith($"text {(int)LcoreStatus.Invalid} ", line));
        Assert.Equal("cut 1 drai", lines[^1]);
    }

    [Fact]
    public void A_shadow_tells_what_would_have_been()
    {
        string[] lines = Run("texts", "transport=shadow shadow-khz=2000000/1000000 shadow-watts=4/1");
        Assert.Equal("text 0 1 shadow", lines[2]);
        Assert.Matches("^text 5 1 Would have saved [0-9.]+ % of [0-9.]+ J in ", lines.Single(line => line.StartsWith("text 5", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("shadow-khz=1000000", "one for each P-state")]
    [InlineData("shadow-khz=1/2", "falling")]
    [InlineData("shadow-khz=9999999999999 shadow-watts=1", "falling")]
    [InlineData("shadow-watts=0", "shadow-watts")]
    [InlineData("shadow-latency=1s", "shadow-latency")]
    public void A_shadow_that_cannot_be_is_refused_with_the_reason(string settings, string told) =>
        Assert.Matches($"^create {(int)LcoreStatus.Invalid} .*{Regex.Escape(told)}", Run("create", $"transport=shadow {settings}")[0]);

    [Fact]
    public void Another_thread_may_only_look()
    {
        string[] lines = Run("threads", Loopback);
        Assert.All(lines[1..4], line => Assert.Contains($" {(int)LcoreStatus.Thread} The lcore belongs to the thread that made it", line, StringComparison.Ordinal));
        Assert.Equal(["stats 0 ", "own 0 "], lines[4..]);
    }

    [Fact]
    public void No_handle_is_a_crash()
    {
        string[] lines = Run("handles", Loopback);
        Assert.All(lines.Where(line => line.StartsWith("none", StringComparison.Ordinal) || line.StartsWith("made up", StringComparison.Ordinal) || line.StartsWith("stale", StringComparison.Ordinal) || line.StartsWith("closed", StringComparison.Ordinal)),
            line => Assert.Contains($" {(int)LcoreStatus.Handle} ", line, StringComparison.Ordinal));
        Assert.All(lines.Where(line => line.StartsWith("NULL", StringComparison.Ordinal)), line => Assert.Matches("^NULL -[12] .+", line));
        Assert.All(lines.Where(line => line.StartsWith("queue", StringComparison.Ordinal)), line => Assert.StartsWith($"queue {(int)LcoreStatus.Invalid} ", line));
        Assert.Equal((5, 4, 7), (lines.Count(line => line.StartsWith("stale", StringComparison.Ordinal)), lines.Count(line => line.StartsWith("queue", StringComparison.Ordinal)), lines.Count(line => line.StartsWith("NULL", StringComparison.Ordinal))));
        Assert.Empty(((string[])["close 0 ", "zeroed 1", "again 0 ", "new 0 "]).Except(lines));
    }

    [Fact]
    public void Several_queues_are_one_lcores()
    {
        string[] lines = Run("queues", Loopback + " queues=2");
        Assert.Equal(["added 2", "removed 1"], lines[1..3]);
        Assert.StartsWith($"removed {(int)LcoreStatus.Invalid} The lcore has 2 queues and not 1", lines[3]);
        Assert.Equal("polls 200 received 300", lines[4]);
    }

    [Fact]
    public void A_poll_that_leaves_a_queue_as_empty_as_it_was_needs_no_call()
    {
        string[] lines = Run("alike", Loopback + " queues=3");
        Assert.Equal(["create 0 ", "granted 5 then 0", "again 0 ", "other 0 ", "alike 1", "quiet 0 1"], lines[..6]);
        Assert.All(lines[6..8], line => Assert.Contains($" {(int)LcoreStatus.Invalid} The lcore has ", line, StringComparison.Ordinal));
        Assert.All(lines[8..], line => Assert.Contains($" {(int)LcoreStatus.Handle} ", line, StringComparison.Ordinal));
    }

    /// <summary>By default never; where the governor was told how long it may, most of the time, on a machine that may take the CPU away for 10 ms.</summary>
    [Theory]
    [InlineData("", "some 0 most 0")]
    [InlineData("governor=optimal-available:max-wait=200us,delay-bound=100ms,wake-time=10ms peak=50kpps wait-by=sleep", "some 1 most 1")]
    [InlineData("governor=optimal-available:max-wait=200us,delay-bound=100ms,wake-time=10ms peak=50kpps wait-by=pause", "some 1 most 1")]
    [InlineData("governor=drain-time", "some 0 most 0")]
    public void A_loop_that_finds_nothing_waits_where_it_was_told_that_it_may(string more, string waits)
    {
        string[] lines = Run("idles", $"{Loopback} {more}");
        Assert.Equal(["create 0 ", "idle 0 ", "changed 0"], lines[..3]);
        Assert.All(lines[3..5], line => Assert.StartsWith($"word {(int)LcoreStatus.Invalid} pollscale_idle_on: word is NULL or no multiple of 4", line, StringComparison.Ordinal));
        Assert.Equal($"counted 1 {waits}", lines[5]);
        Assert.All(lines[6..9], line => Assert.Contains($" {(int)LcoreStatus.Handle} There is no such lcore", line, StringComparison.Ordinal));
    }

    /// <summary>Waits that may last milliseconds end at once while an eventfd can be read, and last again once it is closed, which is told.</summary>
    [Fact]
    public void A_descriptor_that_can_be_read_ends_waits()
    {
        string[] lines = Run("events", $"{Loopback} governor=optimal-available:max-wait=10ms,delay-bound=100ms,wake-time=10ms peak=1kpps wait-by=event wait-descriptor=700");
        Assert.Equal(["create 0 ", "quiet 1", "readable 1", "warnings 0", "closed 1"], lines[..5]);
        Assert.Contains("wait-descriptor) cannot be waited for: it is closed", lines[5], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wait-by=event", "WaitDescriptor is missing")]
    [InlineData("wait-descriptor=3", "and only there")]
    public void A_descriptor_goes_with_its_way_to_wait(string settings, string words)
    {
        string[] lines = Run("loop", $"{Loopback} {settings}");
        Assert.StartsWith($"create {(int)LcoreStatus.Invalid} ", lines[0], StringComparison.Ordinal);
        Assert.Contains(words, lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_way_to_wait_that_the_CPU_lacks_is_a_wrong_setting()
    {
        Assert.SkipWhen(WaitPackage.IsHere, "This CPU has WAITPKG.");
        Assert.StartsWith($"create {(int)LcoreStatus.Invalid} This CPU has no TPAUSE and UMWAIT", Run("idles", $"{Loopback} wait-by=tpause")[0], StringComparison.Ordinal);
    }

    /// <summary>Twelve thousand more than eight thousand, each with some decisions: a hundred bytes that one leaves behind would show.</summary>
    [Fact]
    public void Lcores_that_come_and_go_leave_nothing_behind()
    {
        string[] grown = Run("lives", Loopback)[^1].Split(' ');
        Assert.InRange(int.Parse(grown[1], CultureInfo.InvariantCulture), int.MinValue, 1024);
    }

    [Fact]
    public void A_child_is_refused_and_ends_as_it_likes()
    {
        string[] lines = Run("forks", Loopback);
        Assert.Equal(3, lines.Count(line => line.Contains(" -7 This process was forked", StringComparison.Ordinal)));
        Assert.Empty(((string[])["child 7", "parent 0 "]).Except(lines));
    }

    [Fact]
    public void The_programs_signals_stay_as_they_were() => Assert.Equal(["create 0 ", "changed 0"], Run("signals", Loopback));

    [Fact]
    public void A_fault_of_the_program_reaches_its_own_handler_or_ends_it()
    {
        const int EndedBySegv = 128 + 11;
        PublishedLibrary.Require();
        Assert.Equal(["create 0 ", "caught 1", "caught 1", "after 0 "], PublishedLibrary.Run(s_program.Value, EndedBySegv, ["faults", Loopback]));
    }

    [Fact]
    public void Locked_memory_without_room_is_an_error_and_no_end()
    {
        Assert.SkipUnless(Environment.UserName == "root", "Only root may be locked in before it gives its rights up.");
        string[] lines = Run("locked", Loopback);
        Assert.Equal("locked 0", lines[0]);
        Assert.StartsWith("create -6 There is no room for the library", lines[1]);
        Assert.StartsWith("lives ", lines[2]);
    }

    [Fact]
    public void Any_text_is_an_error_with_words_or_works() => Assert.Equal(["create 0 ", "after 0 "], Run("garbage", Loopback));

    [Fact]
    public void Whatever_is_called_is_answered() => Assert.Equal(["create 0 ", "answered some some", "answered some some", "after 0 "], Run("fuzz", Loopback));

    [Theory]
    [InlineData("loop", Loopback)]
    [InlineData("texts", Loopback)]
    [InlineData("handles", Loopback)]
    [InlineData("queues", Loopback + " queues=2")]
    [InlineData("garbage", Loopback)]
    [InlineData("fuzz", Loopback)]
    public void Memory_of_the_program_is_left_alone(string name, string settings)
    {
        PublishedLibrary.Require();
        Assert.Equal(Run(name, settings)[^1], PublishedLibrary.Run(s_sanitized.Value, name, settings)[^1]);
    }

    [Theory]
    [InlineData("optimal-available")]
    [InlineData("arrival-envelope")]
    public void More_lcores_than_there_is_room_for_are_an_error(string governor)
    {
        string[] lines = Run("many", $"{Loopback} governor={governor}");
        Assert.Equal("made 513", lines[0]);
        Assert.StartsWith($"many {(int)LcoreStatus.Failed} The process has 512 lcores open", lines[1]);
    }

    [Fact]
    public void A_process_that_ends_while_it_polls_leaves_cpufreq_as_it_was()
    {
        const string Policy = "sys/devices/system/cpu/cpufreq/policy0/scaling_governor";
        using TemporaryFolder root = new();
        CpufreqFixture fixture = CpufreqFixture.Load("haswell-acpi-cpufreq");
        fixture.WriteTo(root["sys/devices/system/cpu"]);
        string before = File.ReadAllText(root[Policy]);
        Assert.NotEqual("userspace\n", before);
        string settings = $"transport=cpufreq pinning=pin cpu=0 root={root.Path}";

        Assert.Equal("create 0 ", Run("leaves", settings)[0]);
        Assert.Equal(before.Trim(), File.ReadAllText(root[Policy]).Trim());
    }

    private static string[] Run(string name, string settings)
    {
        PublishedLibrary.Require();
        return PublishedLibrary.Run(s_program.Value, name, settings);
    }
}
