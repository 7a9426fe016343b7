using PollScale.Simulation.Running;
using Xunit;

namespace PollScale.Simulation.Tests;

public class PublicApiTests
{
    [Fact]
    public void What_is_public_is_meant_and_written_down()
    {
        string[] written = [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "PublicAPI"), "*.txt").SelectMany(File.ReadLines)];
        string[] types = [.. typeof(PollLoop).Assembly.GetExportedTypes().Select(type => type.FullName!)];

        Assert.Empty(types.Except(written));
        Assert.InRange(types.Length, 20, 30);
    }
}
