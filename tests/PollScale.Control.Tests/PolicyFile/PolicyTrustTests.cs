using PollScale.HostStub.Frequency;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.PolicyFile;
using PollScale.Native;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.PolicyFile;

/// <summary>Files in whose place another user may have put something else.</summary>
public class PolicyTrustTests
{
    private const string Policy = "version: 1\nguests: [{name: a}]\n";

    [Theory]
    [InlineData("fifo", "a FIFO, not a regular file")]
    [InlineData("folder", "is a folder, not a regular file")]
    [InlineData("device", "is a device, not a regular file")]
    [InlineData("huge", "longer than")]
    [InlineData("missing", "No such file")]
    [InlineData("everybodys", "chmod o-w")]
    [InlineData("everybodys-folder", "chmod o-w")]
    public void What_is_no_trustworthy_file_is_refused_at_once_with_its_reason(string kind, string reason)
    {
        using HostileFiles files = new(Policy);

        foreach (FileTrust trust in (FileTrust[])[FileTrust.NotEverybody, FileTrust.OnlyUs])
        {
            Assert.Contains(reason, Assert.Throws<PolicyException>(() => PolicyReader.Load(files.Of(kind), trust)).Message);
        }

        Assert.Contains(reason, Assert.Throws<PStateFileException>(() => PStateFile.Load(files.Of(kind))).Message);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("link")]
    [InlineData("hard")]
    public void A_file_of_our_own_is_read_also_through_a_link_of_our_own(string kind)
    {
        using HostileFiles files = new(Policy);

        Assert.Single(PolicyReader.Load(files.Of(kind), FileTrust.OnlyUs).Guests);
    }

    [Fact]
    public void Standard_input_is_refused_as_it_cannot_be_read_again()
    {
        PolicyException e = Assert.Throws<PolicyException>(() => PolicyReader.Load("/dev/fd/4000"));

        Assert.Contains("a pipe or standard input cannot be: write it to a file", e.Message);
    }
}
