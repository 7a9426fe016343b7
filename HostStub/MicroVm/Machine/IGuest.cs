using PollScale.HostStub.Placement;

namespace PollScale.HostStub.Machine;

/// <summary>A packet application under the host's control: in a micro-VM, or as a plain process where there is no /dev/kvm.</summary>
internal interface IGuest : IDisposable
{
    /// <summary>The doorbell its calls come through: "hypercall", "port", "mmio" or "socket".</summary>
    string Doorbell { get; }

    /// <summary>TSC just before the guest was made; boot time is counted from here to the lcore's MainTsc.</summary>
    ulong CreatedTsc { get; }

    /// <summary>Outcome once the guest ended, before that null.</summary>
    GuestOutcome? Outcome { get; }

    /// <summary>System calls that nobody answered, by name and number, with how often each was made; empty where the host's kernel answers.</summary>
    IReadOnlyDictionary<string, long> UnansweredCalls => System.Collections.ObjectModel.ReadOnlyDictionary<string, long>.Empty;

    /// <summary>What its polling thread has used of its CPU so far; null before it runs, after its end, and where the kernel does not count.</summary>
    ThreadUsage? Usage => null;

    /// <summary>Lets it run; returns at once.</summary>
    void Start();

    /// <summary>
    /// Gives its threads the scheduling class they shall have, where the system permits. Not before it polls: booting it takes locks of this
    /// process's runtime, and a real-time thread that spins for a lock keeps its holder off the CPU.
    /// </summary>
    void RaisePriority();

    /// <summary>Waits for its end.</summary>
    /// <returns>True when it ended within <paramref name="timeout"/>.</returns>
    bool Wait(TimeSpan timeout);

    /// <summary>Stops it within 100 ms wherever it is; the first cause given wins. Harmless after its end.</summary>
    void Stop(string cause);
}
