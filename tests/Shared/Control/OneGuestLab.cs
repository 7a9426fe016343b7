using PollScale.HostStub.Frequency;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;

namespace PollScale.Tests.Shared.Control;

/// <summary>One guest on one pCPU. The pCPU rests as it is found, unless told otherwise, so that a test sees nothing but what its calls do.</summary>
internal static class OneGuestLab
{
    /// <summary>A guest with control and a budget that is never spent.</summary>
    public static GuestPolicy Generous { get; } = OneGuest.Guest with { CallsPerSecond = 100_000_000, Burst = 1_000_000 };

    public static VcpuService Service(IFrequencyBackend backend, GuestPolicy? guest = null, double tscHz = HostLab.TscHz, ulong tsc = 0, PStateChoiceKind rest = PStateChoiceKind.Keep) =>
        Start(backend, guest, tscHz, tsc, rest).ServiceFor(OneGuest.Name, FrequencyPolicy.LcoreVcpu);

    public static HostFrequency Start(IFrequencyBackend backend, GuestPolicy? guest = null, double tscHz = HostLab.TscHz, ulong tsc = 0, PStateChoiceKind rest = PStateChoiceKind.Keep) => new(
        OneGuest.Policy(guest ?? Generous, allowsReal: true).Only(guest ?? Generous, 0) with { DefaultRest = new PStateChoice(rest, 0, default) },
        new HostFrequencyOptions { Open = _ => backend, TscHz = tscHz }, tsc);
}
