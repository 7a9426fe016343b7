using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace PollScale.Tests.Shared;

/// <summary>What the sample AfPacket told of an interface that it polled, and its sender of what it sent.</summary>
internal sealed partial class PolledInterface
{
    private readonly long _received, _came, _dropped, _left, _sent;

    // In each second.
    private readonly (long Packets, long Backlog, long Changes)[] _seconds;

    /// <summary>Reads it.</summary>
    public PolledInterface(string told)
    {
        Match sum = Sum().Match(told), sent = Sent().Match(told);
        Assert.True(sum.Success && sent.Success, told);
        (_received, _came, _dropped, _left, _sent) = (Number(sum, 1), Number(sum, 2), Number(sum, 3), Number(sum, 4), Number(sent, 1));
        _seconds = [.. Second().Matches(told).Select(line => (Number(line, 1), Number(line, 2), Number(line, 3)))];
    }

    /// <summary>Each packet was received, counted as dropped or left in the ring, and the P-state followed them.</summary>
    public void AssertScaled()
    {
        Assert.Equal(_sent, _came);
        Assert.Equal(_came, _received + _dropped + _left);
        Assert.InRange(_sent, 100_000, 450_000);
        Assert.Contains(_seconds, second => second.Packets == 0 && second.Changes < 10);
        Assert.Contains(_seconds, second => second.Packets > 10_000 && second.Changes > 10 && second.Backlog > 0);
    }

    private static long Number(Match match, int group) => long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("(?m)^([0-9]+) packets received, ([0-9]+) came, ([0-9]+) dropped by a full ring, ([0-9]+) left in it; digest [0-9a-f]+\\.$")]
    private static partial Regex Sum();

    [GeneratedRegex("(?m)^([0-9]+) packets sent\\.$")]
    private static partial Regex Sent();

    [GeneratedRegex("(?m)^ *([0-9]+) packets/s, backlog up to +([0-9]+), +([0-9]+) changes, P[0-9]+ +would have saved [0-9.-]+ %;(?: P[0-9]+ [0-9]+ %)+$")]
    private static partial Regex Second();
}
