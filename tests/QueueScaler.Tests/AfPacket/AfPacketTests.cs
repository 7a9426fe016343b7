using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.Tests.AfPacket;

/// <summary>The sample that polls a Linux interface, on a pair of interfaces of the test's own.</summary>
public class AfPacketTests
{
    private static readonly string s_sample = $"dotnet '{AppContext.BaseDirectory}afpacket.dll'";

    // Ctrl-C ends it, after a second without traffic, three with bursts in every other half second, and another without. What a shell starts in the background ignores Ctrl-C.
    [Fact]
    public void Each_packet_is_received_or_counted_as_dropped_and_the_P_state_follows_them()
    {
        OwnNetwork.Require();
        PolledInterface seen = new(OwnNetwork.Script($"""
            ip link add veth0 type veth peer name veth1
            for end in veth0 veth1; do ip link set $end addrgenmode none; ip link set $end up; done
            env --default-signal=INT {s_sample} poll veth1 & poll=$!
            sleep 2
            {s_sample} send veth0 4
            sleep 1.5
            kill -INT $poll
            wait $poll
            """));

        seen.AssertScaled();
    }

    /// <summary>Two frames a millisecond, in every other half second of four: of waits that only time ended, 10 ms each, half as many would fit.</summary>
    [Fact]
    public void A_frame_ends_a_wait()
    {
        OwnNetwork.Require();
        string told = OwnNetwork.Script($"""
            ip link add veth0 type veth peer name veth1
            for end in veth0 veth1; do ip link set $end addrgenmode none; ip link set $end up; done
            {s_sample} poll veth1 8 none & poll=$!
            sleep 1.5
            {s_sample} send veth0 4 2000
            wait $poll
            """);
        long[] frames = Numbers(told, "(?m)^([0-9]+) packets received, ([0-9]+) came, ([0-9]+) dropped by a full ring, ([0-9]+) left in it; "), waits = Numbers(told, "(?m)^([0-9]+) waits, of ([0-9]+) us on average: ");
        Assert.InRange(frames[0], 1000, 5000);
        Assert.Equal(frames[1], frames[0] + frames[2] + frames[3]);
        Assert.InRange(waits[1], 1, 5000);

        static long[] Numbers(string told, string pattern)
        {
            Match line = Regex.Match(told, pattern);
            Assert.True(line.Success, told);
            return [.. line.Groups.Values.Skip(1).Select(group => long.Parse(group.Value, CultureInfo.InvariantCulture))];
        }
    }

    [Theory]
    [InlineData(2, "There is no interface nothing; there are ", "poll", "nothing")]
    [InlineData(1, "'0' is not a number from 1 to 10000000.", "send", "lo", "0")]
    [InlineData(1, "'fast' is not shadow, cpufreq or none.", "poll", "lo", "1", "fast")]
    [InlineData(1, "usage: afpacket poll INTERFACE", "listen", "lo")]
    public void What_cannot_be_is_told(int status, string told, params string[] arguments)
    {
        if (arguments is ["poll", "lo", ..])
        {
            Assert.SkipUnless(Environment.IsPrivilegedProcess, "A packet socket needs root.");
        }

        using Process sample = Process.Start(new ProcessStartInfo("dotnet", [$"{AppContext.BaseDirectory}afpacket.dll", .. arguments]) { RedirectStandardError = true })!;
        string error = sample.StandardError.ReadToEnd();
        sample.WaitForExit();

        Assert.Equal(status, sample.ExitCode);
        Assert.StartsWith(told, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }
}
