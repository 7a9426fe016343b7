using PollScale.Native;
using Xunit;

namespace PollScale.Tests.Native;

public unsafe class LayoutTests
{
    [Fact]
    public void Kernel_structs_have_their_sizes()
    {
        Assert.Equal(16, sizeof(timeval));
        Assert.Equal(16, sizeof(timespec));
        Assert.Equal(128, sizeof(cpu_set_t));
    }
}
