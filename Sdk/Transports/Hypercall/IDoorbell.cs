using PollScale.Hypercall;

namespace PollScale.Transports;

/// <summary>One way to leave the guest with a call.</summary>
internal interface IDoorbell : IDisposable
{
    /// <summary>"hypercall", "port" or "mmio".</summary>
    string Name { get; }

    /// <summary>True when only calls that are <see cref="FrequencyCall.IsEncodable"/> fit.</summary>
    bool NeedsEncoding { get; }

    /// <summary>Makes the call; the result is sign-extended.</summary>
    long Ring(FrequencyCall call);
}
