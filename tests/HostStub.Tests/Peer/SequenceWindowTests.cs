using FsCheck.Fluent;
using PollScale.HostStub.Peer;
using PollScale.Tests.Shared.Drawing;
using Xunit;

namespace PollScale.HostStub.Tests.Peer;

public class SequenceWindowTests
{
    private const int Size = 128;

    [Fact]
    public void Each_number_counts_once_whatever_comes_in_which_order() => Draw.Check(
        Gen.Choose(0, 40).Or(Gen.Choose(-Size - 3, 3 * Size)).ArrayOf().ToArbitrary(),
        steps =>
        {
            SequenceWindow window = new(Size);
            HashSet<ulong> seen = [];
            ulong next = 0;
            foreach (int step in steps)
            {
                ulong sequence = (ulong)Math.Max(0, (long)next + step - 5);
                Arrival expected = sequence >= next ? Arrival.InOrder
                    : next - sequence > Size || seen.Contains(sequence) ? Arrival.Repeated
                    : Arrival.Late;
                if (window.Take(sequence) is var arrival && arrival != expected)
                {
                    return $"{sequence} with {next} next: {arrival}, not {expected}";
                }

                seen.Add(sequence);
                next = Math.Max(next, sequence + 1);
            }

            return null;
        },
        500);

    [Fact]
    public void A_leap_over_the_whole_window_forgets_it()
    {
        SequenceWindow window = new(Size);
        Assert.Equal(Arrival.InOrder, window.Take(0));
        Assert.Equal(Arrival.InOrder, window.Take(1_000_000));
        Assert.Equal(Arrival.Late, window.Take(1_000_000 - Size + 1));
        Assert.Equal(Arrival.Repeated, window.Take(1_000_000 - Size + 1));
        Assert.Equal(Arrival.Repeated, window.Take(0));
    }
}
