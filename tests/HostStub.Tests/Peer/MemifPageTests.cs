using PollScale.HostStub.Cli;
using PollScale.HostStub.Peer;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Memif;
using Xunit;

namespace PollScale.HostStub.Tests.Peer;

/// <summary>What docs/memif.md tells a reader to do with hoststub, done.</summary>
[Collection(nameof(PeerCollection))]
public class MemifPageTests
{
    private const string Page = "docs/memif.md";

    [Fact]
    public void Page_and_help_tell_the_limits_that_are_kept()
    {
        Assert.SkipUnless(Checkout.Root is not null, "The checkout is not here.");
        string page = File.ReadAllText(Path.Combine(Checkout.Root, Page)), peer = $"within {PeerOptions.UsualPeerLimit.TotalSeconds} s";
        Assert.Contains($"no peer came {peer}", page, StringComparison.Ordinal);
        Assert.Contains($"not seen again within {PeerOptions.UsualDrainLimit.TotalSeconds} s of the last one", page, StringComparison.Ordinal);
        Assert.Contains($"{PeerOptions.Settling.TotalMilliseconds} ms after", page, StringComparison.Ordinal);
        Assert.Contains($"No peer {peer}", HelpText.Memif, StringComparison.Ordinal);
    }

    [Fact]
    public void A_forwarder_is_measured()
    {
        Testpmd.Require();
        Assert.SkipUnless(Checkout.Root is not null, "The checkout is not here.");
        using TemporaryFolder folder = new();
        string block = PageBlock.Read(Page).Single(block => block.Text.Contains("hoststub run --memif", StringComparison.Ordinal)).Text;
        string commands = $"export PATH={AppContext.BaseDirectory}:$PATH XDG_RUNTIME_DIR={folder.Path}\n{block.Replace("/tmp/", $"{folder.Path}/", StringComparison.Ordinal)}";

        (int status, string output, string error) = CCompiler.Run("bash", ["-c", commands]);
        Assert.True(status == 0 && output.Contains("offered 200,000   forwarded in order ", StringComparison.Ordinal) && output.Contains("Links     1 made", StringComparison.Ordinal), $"{status}\n{output}\n{error}");
    }
}
