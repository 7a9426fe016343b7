using PollScale.Native;
using Xunit;

namespace PollScale.Tests.Native.Descriptors;

public class PassedDescriptorsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(PassedDescriptors.Most)]
    public void As_many_descriptors_come_as_were_sent(int count)
    {
        (StreamDescriptor here, StreamDescriptor there) = StreamDescriptor.Pair();
        using (here)
        using (there)
        {
            WakeEvent[] sent = [.. Enumerable.Range(0, count).Select(_ => new WakeEvent())];
            Assert.Equal(3, PassedDescriptors.Send(here.Fd, "abc"u8, [.. sent.Select(one => one.Descriptor.Fd)]));
            byte[] bytes = new byte[8];
            Assert.Equal(3, PassedDescriptors.Receive(there.Fd, bytes, out int[] descriptors));
            Assert.Equal("abc"u8, bytes.AsSpan(0, 3));
            Assert.Equal(count, descriptors.Length);
            for (int i = 0; i < count; i++)
            {
                using StreamDescriptor copy = new(descriptors[i]);
                Assert.False(copy.WaitReadable(0));
                sent[i].Set();
                Assert.True(copy.WaitReadable(0));
                sent[i].Dispose();
            }

            Assert.Equal(-LibC.EAGAIN, PassedDescriptors.Receive(there.Fd, bytes, out _));
        }
    }

    [Fact]
    public void Sealed_memory_is_told_from_other()
    {
        using StreamDescriptor memory = SealedMemory.Make("test", 4096);
        Assert.True(SealedMemory.Is(memory, 4096));
        Assert.False(SealedMemory.Is(memory, 8192));
        Assert.NotEqual(0, LibC.ftruncate(memory.Fd, 0));
        using StreamDescriptor open = new(LibC.memfd_create("open", LibC.MFD_CLOEXEC | LibC.MFD_ALLOW_SEALING));
        Assert.Equal(0, LibC.ftruncate(open.Fd, 4096));
        Assert.False(SealedMemory.Is(open, 4096));
        using StreamDescriptor other = new WakeEvent().Descriptor;
        Assert.False(SealedMemory.Is(other, 4096));
    }
}
