using PollScale.Native;

namespace PollScale.HostStub.Cli;

/// <summary>Who may have a hand in a policy file.</summary>
internal static class PolicyTrust
{
    /// <summary>Root and this user alone where it may give control of real frequencies; else whoever owns it, but not every user.</summary>
    public static FileTrust For(FrequencyChoice frequency) => frequency == FrequencyChoice.Simulated ? FileTrust.NotEverybody : FileTrust.OnlyUs;
}
