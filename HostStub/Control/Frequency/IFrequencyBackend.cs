using PollScale.Hypercall;

namespace PollScale.HostStub.Frequency;

/// <summary>One way to set the frequency of one pCPU. Calls come from the vCPU thread and from one polling thread; implementations lock.</summary>
internal interface IFrequencyBackend : IDisposable
{
    /// <summary>The P-states it has. Another object when bounds or driver changed: indices of the former then mean nothing, unless its frequencies are the same.</summary>
    PStateTable PStates { get; }

    /// <summary>True when nothing in hardware changes: the guest stretches its work instead.</summary>
    bool Emulated { get; }

    /// <summary>Knows what was in effect for how long; null where nobody counts it.</summary>
    IEnergySource? Meter => this as IEnergySource;

    /// <summary>P-state last requested and taken; it may not be in effect yet. A real backend gives the one that the kernel showed after the request.</summary>
    int Requested { get; }

    /// <summary>True while another program or the kernel has taken control away: asking is in vain until <see cref="Poll"/> has taken it back.</summary>
    bool IsLost => false;

    /// <summary>
    /// True while somebody else sets the frequency by this host's leave: what shows is in force, whoever asked for it, and nothing is set again that shows no more.
    /// </summary>
    bool IsLent
    {
        set
        {
            // nobody else can set what is not real
        }
    }

    /// <summary>Tells what that somebody has set; without effect while it is not lent.</summary>
    /// <param name="kHz">The frequency in kHz.</param>
    /// <param name="tsc">TSC now.</param>
    void Show(uint kHz, ulong tsc)
    {
    }

    /// <summary>Publishes the P-state in effect to <paramref name="sink"/> at once, and every change from then on. One sink at a time.</summary>
    void Attach(IStatusSink sink);

    /// <summary>Asks for a P-state; it takes effect after the transition latency.</summary>
    /// <param name="index">An index of <see cref="PStates"/>.</param>
    /// <param name="tsc">TSC now.</param>
    /// <returns>False when the backend could not apply it.</returns>
    bool TrySet(int index, ulong tsc);

    /// <summary>Advances to <paramref name="tsc"/>: a due transition takes effect and is published. Cheap enough for every iteration of a polling loop.</summary>
    void Poll(ulong tsc);

    /// <summary>Looks at once at what <see cref="Poll"/> looks at from time to time, and takes control again that was lost: the operator asks for it.</summary>
    /// <param name="tsc">TSC now.</param>
    void Renew(ulong tsc) => Poll(tsc);
}
