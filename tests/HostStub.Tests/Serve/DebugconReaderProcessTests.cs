using PollScale.HostStub.Channels.Acpi.Reader;
using PollScale.HostStub.Serve;
using Xunit;

namespace PollScale.HostStub.Tests.Serve;

public class DebugconReaderProcessTests
{
    [Theory]
    [InlineData("/usr/share/dotnet/dotnet")]
    [InlineData("/opt/dotnet10/dotnet")]
    public void What_dotnet_serves_dotnet_reads_for_its_start_may_find_no_runtime(string dotnet)
    {
        ReaderProgram program = DebugconReaderProcess.Program(dotnet, Environment.ProcessPath!);
        Assert.Equal(dotnet, program.Path);
        Assert.Equal(["hoststub.dll", "debugcon-reader"], program.Arguments.Select(Path.GetFileName));
    }

    [Fact]
    public void What_hoststubs_own_start_serves_it_reads()
    {
        ReaderProgram program = DebugconReaderProcess.Program("/usr/bin/hoststub", Environment.ProcessPath!);
        Assert.Equal(Environment.ProcessPath, program.Path);
        Assert.Equal(["debugcon-reader"], program.Arguments);
    }
}
