using PollScale.HostStub.Channels.Answered;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Channels.Module;
using PollScale.HostStub.Policy.Configuration;

namespace PollScale.HostStub.Channels;

/// <summary>What this machine and this user can make of guests' hypercalls.</summary>
internal static class HypercallsHere
{
    /// <summary>Why it cannot be had here, with what to do; null where it can. Each is tried for a moment, and nothing is left of it but what the kernel notes in its log.</summary>
    public static string? WhyNot(HypercallMode mode) => mode switch
    {
        HypercallMode.Observed => HypercallTracepoint.WhyNot(),
        HypercallMode.Answered => HypercallAnswers.WhyNot(),
        HypercallMode.Module => ModuleDevice.WhyNot(),
        _ => null,
    };
}
