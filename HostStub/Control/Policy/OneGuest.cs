using PollScale.HostStub.Frequency;
using PollScale.HostStub.Policy.Configuration;

namespace PollScale.HostStub.Policy;

/// <summary>
/// The policy where there is no policy file: one guest, made in memory from a command line. All else is as with a file. Control is given of emulated
/// P-states, which touch no one else; of the real clock only where the command line says so.
/// </summary>
internal static class OneGuest
{
    /// <summary>The guest's name.</summary>
    public const string Name = "guest";

    // Named before errors: bounds are all that may not fit a machine.
    private const string Origin = "--fastest and --slowest";

    /// <summary>The guest with every default.</summary>
    public static GuestPolicy Guest { get; } = new() { Name = Name, Control = true };

    /// <summary>A policy of one guest, not on a pCPU yet.</summary>
    /// <param name="guest">The guest.</param>
    /// <param name="allowsReal">Whether its control is of the real clock too.</param>
    public static HostPolicy Policy(GuestPolicy guest, bool allowsReal = false) => new() { Origin = Origin, Guests = [guest], IsEmulatedOnly = !allowsReal };

    /// <summary>Puts such a policy in force, for a guest whose vCPU has an emulated pCPU of its own.</summary>
    /// <param name="guest">The guest; without vCPUs it has vCPU 0.</param>
    /// <param name="backend">The pCPU; disposed with what is returned.</param>
    /// <param name="tscHz">TSC ticks a second.</param>
    /// <param name="tsc">TSC now.</param>
    /// <exception cref="PolicyException">The bounds do not fit the P-states.</exception>
    public static HostFrequency Start(GuestPolicy guest, IFrequencyBackend backend, double tscHz, ulong tsc) => new(
        Policy(guest.Vcpus.Count > 0 ? guest : guest with { Vcpus = [new VcpuPolicy { Vcpu = FrequencyPolicy.LcoreVcpu, Pcpu = 0 }] }),
        new HostFrequencyOptions { Open = _ => backend, TscHz = tscHz }, tsc);
}
