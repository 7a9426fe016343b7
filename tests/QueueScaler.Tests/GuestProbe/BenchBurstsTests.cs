using PollScale.GuestProbe.Bench;
using PollScale.Hypercall;
using PollScale.Telemetry;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.QueueScaler.GuestProbe;

public class BenchBurstsTests
{
    private readonly List<string> _seen = [];

    [Fact]
    public void Each_burst_is_marked_between_the_slowest_and_the_fastest_P_state()
    {
        using RecordingTransport transport = new(_seen);
        BenchBursts.Run(transport, 2, 1, "port 7", (leaf, subleaf) => _seen.Add($"{leaf - BurstMark.Burst}:{subleaf:x}"));
        string[] label = ["1:74726f70", "1:3720"], bursts = ["SetPState 2", "0:1", "SetPState 1", "SetPState 2", "0:2", "SetPState 1"];
        Assert.Equal(label, _seen[..label.Length]);
        int first = _seen.IndexOf("0:1") - 1;
        Assert.DoesNotContain(_seen[label.Length..first], seen => seen.Contains(':', StringComparison.Ordinal));
        Assert.Equal([.. bursts, .. label], _seen[first..]); // what comes behind belongs to none
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("abcd")]
    [InlineData("region-hypercall load 7")]
    public void A_label_is_read_as_it_was_told(string label)
    {
        System.Text.StringBuilder read = new();
        bool[] ends = [.. BurstMark.Parts(label).Select(part => BurstMark.Append(read, part))];
        Assert.Equal(label, read.ToString());
        Assert.Equal([.. Enumerable.Repeat(false, ends.Length - 1), true], ends);
    }

    private sealed class RecordingTransport(List<string> seen) : IFrequencyTransport
    {
        public string Doorbell => "test";

        public PStateTable PStates { get; } = new([4_000_000, 3_000_000, 2_000_000, 1_000_000], 1, 2, 1000);

        public bool ControlGranted => true;

        public bool Emulated => true;

        public uint StretchQ16 => 65536;

        public FrequencyReply Call(FrequencyCall call)
        {
            seen.Add($"{call.Op} {call.Argument}");
            return new FrequencyReply(call.Argument);
        }

        public void Dispose()
        {
        }
    }
}
