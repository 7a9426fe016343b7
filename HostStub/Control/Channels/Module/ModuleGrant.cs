using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Policy.Compiled;
using PollScale.HostStub.Policy.Cores;

namespace PollScale.HostStub.Channels.Module;

/// <summary>A grant of the module's.</summary>
/// <param name="device">The module.</param>
/// <param name="id">The grant's id.</param>
/// <param name="policy">What was granted.</param>
internal sealed class ModuleGrant(IModuleDevice device, ulong id, CompiledPolicy policy) : IKernelGrant
{
    private int _ended;

    /// <summary>Its id.</summary>
    public ulong Id => id;

    /// <inheritdoc/>
    public CompiledPolicy Policy => policy;

    /// <inheritdoc/>
    public KernelGrantState? Look()
    {
        if (device.Look(id, out ModuleState state) != 0 || !state.IsLive)
        {
            return null;
        }

        ulong now = KernelClock.NowNs;
        return new KernelGrantState(state.Wish, state.LastCallNs, state.LastCallNs == 0 || now < state.LastCallNs ? 0 : now - state.LastCallNs, state.Calls);
    }

    /// <inheritdoc/>
    public bool TryRest(in KernelGrantState seen, uint kHz) => device.Rest(id, seen.LastCallNs, kHz) == 0;

    /// <inheritdoc/>
    /// <remarks>One that the module does not know any more has ended.</remarks>
    public void End()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            device.Withdraw(id);
        }
    }
}
