using PollScale.Hypercall;

namespace PollScale.Transports;

/// <summary>A transport that can also leave a request with the host and go on: what became of it is read later. A newer request replaces one not yet taken.</summary>
internal interface IPostedTransport : IFrequencyTransport
{
    /// <summary>Longest time from a request's being applied, as the host shows it, to its effect, in ns. <see cref="IFrequencyTransport.PStates"/> counts from the post.</summary>
    uint EffectNs { get; }

    /// <summary>The host is not there, or not the one whose P-states are shown: nothing is granted until it is back. <see cref="Look"/> notices.</summary>
    bool HostGone { get; }

    /// <summary>Leaves a request for a P-state, which is the wish from here on. Waits for nothing, allocates nothing.</summary>
    /// <param name="call">SetPState; another call is left as well, but is no wish.</param>
    /// <param name="now">TSC ticks.</param>
    void Post(FrequencyCall call, ulong now);

    /// <summary>
    /// What became of requests since the last look. Call it on every decision, at least ten times a second: it also repeats the wish, which
    /// would lapse otherwise, and notices a host that is gone or came back. Allocates nothing but when another host took over.
    /// </summary>
    /// <param name="now">TSC ticks; they may leap.</param>
    PostedNews Look(ulong now);
}
