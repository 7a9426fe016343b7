using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Peer;
using PollScale.Memif.Control;
using PollScale.Programs;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Peer;

public sealed class PeerSessionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("client", "nobody serves")]
    [InlineData("server", "nobody came")]
    public void Without_a_peer_it_ends_in_time_and_says_so(string role, string why)
    {
        Assert.Equal(ExitCode.Limit, Run(role, _folder["memif.sock"]));
        Assert.Contains("No memif peer within 0.3 s", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains(why, _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"exit_code\":5", _output.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["memif.sock"]));
    }

    [Fact]
    public void A_socket_that_cannot_be_served_is_the_machine_s_fault()
    {
        Assert.Equal(ExitCode.Environment, Run("server", _folder["none/memif.sock"]));
        Assert.Contains("No memif socket can be served", _error.ToString(), StringComparison.Ordinal);
    }

    private ExitCode Run(string role, string path)
    {
        using Interrupt interrupt = new();
        return new PeerLauncher(_output, TextWriter.Synchronized(_error), interrupt).Run(new PeerOptions
        {
            Memif = new MemifSpec { Path = path, Role = Enum.Parse<MemifRole>(role, ignoreCase: true) },
            Traffic = "bursty",
            Json = true,
            PeerLimit = TimeSpan.FromMilliseconds(300),
        });
    }
}
