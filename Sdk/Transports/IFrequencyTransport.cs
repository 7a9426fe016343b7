using PollScale.Hypercall;

namespace PollScale.Transports;

/// <summary>A way to reach the host's frequency service. Make and use it on the thread that polls.</summary>
public interface IFrequencyTransport : IDisposable
{
    /// <summary>How calls leave: "hypercall", "port", "mmio", "region", "region-hypercall", "socket", "guest-channel", "cpufreq", "loopback" or "shadow".</summary>
    string Doorbell { get; }

    /// <summary>Why calls leave otherwise than was asked for, with what to do; null where they do not. It may change while calls are made.</summary>
    string? DoorbellNote => null;

    /// <summary>P-states and limits the host shows.</summary>
    PStateTable PStates { get; }

    /// <summary>False when the host says beforehand that it refuses changes.</summary>
    bool ControlGranted { get; }

    /// <summary>True when P-states are emulated: the application stretches its packet work by <see cref="StretchQ16"/>.</summary>
    bool Emulated { get; }

    /// <summary>Fastest / granted frequency in Q16.16; 65536 when the frequency is real. A memory load.</summary>
    uint StretchQ16 { get; }

    /// <summary>Makes one call. Always returns a reply; a host that is gone answers <see cref="FrequencyStatus.BackendFailed"/>. Allocates nothing.</summary>
    FrequencyReply Call(FrequencyCall call);
}
