using PollScale.HostStub.Frequencies;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.PolicyFile;
using PollScale.Native;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Frequencies;

/// <summary>Whose policy files give control of real frequencies.</summary>
public class PolicyTrustTests
{
    private const string Policy = "version: 1\nguests: [{name: a}]\n";

    [Fact]
    public void A_policy_of_another_user_or_group_gives_no_control_of_real_frequencies()
    {
        Assert.SkipUnless(LibC.geteuid() == 0, "Only root can give a file away.");
        using HostileFiles files = new(Policy);
        Shell.Run("chown", "12345", files.Of("plain"));
        Assert.Contains("belongs to user 12345", Assert.Throws<PolicyException>(() => PolicyReader.Load(files.Of("plain"), PolicyTrust.For(FrequencyChoice.Cpufreq))).Message);
        Assert.Single(PolicyReader.Load(files.Of("plain"), PolicyTrust.For(FrequencyChoice.Simulated)).Guests);

        Shell.Run("chown", "0:12345", files.Of("plain"));
        Shell.Run("chmod", "0664", files.Of("plain"));
        Assert.Contains("chmod g-w", Assert.Throws<PolicyException>(() => PolicyReader.Load(files.Of("plain"), PolicyTrust.For(FrequencyChoice.Auto))).Message);
    }
}
