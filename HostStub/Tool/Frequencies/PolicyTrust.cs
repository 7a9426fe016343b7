using PollScale.HostStub.PolicyFile;
using PollScale.Native;

namespace PollScale.HostStub.Frequencies;

/// <summary>Who may have a hand in a policy file.</summary>
internal static class PolicyTrust
{
    /// <summary>As <see cref="PolicyReader.TrustFor"/> says.</summary>
    public static FileTrust For(FrequencyChoice frequency) => PolicyReader.TrustFor(frequency != FrequencyChoice.Simulated);
}
