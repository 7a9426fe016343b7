using PollScale.Governors;

namespace PollScale.HostStub.Simulation;

/// <summary>What can be promised of a governor on a workload.</summary>
/// <param name="Loss">Whether loss can be ruled out.</param>
/// <param name="Delay">Whether the delay bound can be kept.</param>
internal sealed record Promises(LossCertificate Loss, DelayCertificate Delay);
