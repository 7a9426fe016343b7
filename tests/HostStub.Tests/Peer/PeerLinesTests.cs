using PollScale.HostStub.Peer.Reports;
using PollScale.Telemetry;
using Xunit;

namespace PollScale.HostStub.Tests.Peer;

public class PeerLinesTests
{
    private static readonly PeerSummary s_summary = new()
    {
        DurationS = 2,
        Offered = 200_000,
        Forwarded = 199_000,
        Dropped = new Dictionary<string, ulong> { ["ring_full"] = 0, ["no_link"] = 300, ["not_returned"] = 600 },
        Lost = 900,
        OutOfOrder = 100,
        Duplicated = 7,
        Unstamped = 8,
        Invalid = 9,
        Links = 2,
        LinksLost = 1,
        DelayUs = new Percentiles(8.1, 81.2, 1234, 5000),
        GeneratorStalls = 2,
        GeneratorStalledMs = 3,
        Cause = "all was sent\u001b[2J",
        ExitCode = 4,
    };

    [Fact]
    public void A_summary_says_what_became_of_each_packet()
    {
        StringWriter output = new();
        new PeerLines(output).Show(s_summary);

        Assert.Equal(
            """

            Packets   offered 200,000   forwarded in order 199,000   out of order 100   lost 900   in 2 s; all was sent?[2J
                      by cause: no_link 300, not_returned 600
                      beside them: twice 7, without a stamp 8, invalid 9
            Delay     p50 8.1 us   p99 81.2 us   p99.9 1.23 ms   max 5 ms
            Links     2 made, 1 lost
            Traffic   the generator was held up 2 times, 3 ms in all; its schedule moved by as much

            """,
            output.ToString());
    }

    [Fact]
    public void Lines_stand_under_a_heading_and_a_link_that_is_missing_shows()
    {
        StringWriter output = new();
        PeerSnapshot snapshot = new()
        {
            ElapsedS = 1,
            OfferedMpps = 0.1,
            ForwardedMpps = 0.09,
            Offered = 100_000,
            Forwarded = 90_000,
            RingFull = 3,
            NoLink = 4,
            NotReturned = 9_993,
            OutOfOrder = 0,
            Duplicated = 0,
            Unstamped = 0,
            Invalid = 0,
            Linked = true,
            Links = 1,
            DelayUs = Percentiles.None,
        };
        PeerLines lines = new(output);
        lines.Show(snapshot);
        lines.Show(snapshot with { Linked = false });

        string[] shown = output.ToString().Split('\n');
        Assert.Equal(shown[0].Length, shown[2].Length);
        Assert.Equal($"{shown[2]}  no link", shown[3]);
        Assert.Contains("0.100     0.090         3         4      9993", shown[2], StringComparison.Ordinal);
    }
}
