using PollScale.Memif;
using Xunit;

namespace PollScale.Tests.Memif;

public class FrameStampTests
{
    [Fact]
    public void A_stamp_is_found_at_the_end_whatever_was_pushed_before_it()
    {
        byte[] frame = new byte[60];
        new FrameStamp(0x0102_0304_0506_0708, ulong.MaxValue).Write(frame);
        Assert.Equal(-1, frame.AsSpan(0, 42).IndexOfAnyExcept((byte)0)); // Ethernet, IPv4 and UDP headers are untouched
        byte[] tagged = [1, 2, 3, 4, .. frame];
        Assert.True(FrameStamp.TryRead(tagged, out FrameStamp stamp));
        Assert.Equal(new FrameStamp(0x0102_0304_0506_0708, ulong.MaxValue), stamp);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(60)]
    public void A_frame_without_one_has_none(int length) => Assert.False(FrameStamp.TryRead(new byte[length], out _));
}
