using System.Diagnostics;
using PollScale.Native;
using Xunit;

namespace PollScale.Tests.Native;

public class ProcessDescriptorTests
{
    [Fact]
    public void It_tells_when_its_process_has_ended()
    {
        using Process child = Process.Start("sleep", "60");
        using ProcessDescriptor? life = ProcessDescriptor.TryOpen(child.Id);
        Assert.False(life!.HasEnded);
        child.Kill();
        child.WaitForExit();
        Assert.True(life.HasEnded);
    }

    [Fact]
    public void Of_no_process_there_is_none()
    {
        Assert.Null(ProcessDescriptor.TryOpen(int.MaxValue));
        Assert.Null(ProcessDescriptor.TryOpen(-1));
    }
}
