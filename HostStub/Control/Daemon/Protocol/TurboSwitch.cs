using PollScale.Hypercall;

namespace PollScale.HostStub.Daemon.Protocol;

/// <summary>
/// DPDK's turbo switch of one channel. Only a table whose two fastest P-states are 1 MHz apart has a turbo state: so acpi-cpufreq marks it.
/// Switched off, the second is the fastest that UP and MAX reach. It begins switched on, as in librte_power.
/// </summary>
internal sealed class TurboSwitch(IFrequencyService service, int vcpu)
{
    private const int TurboKHz = 1000;
    private const int FastestWithout = 1;
    private bool _off;

    /// <summary>True when the guest may use a turbo state.</summary>
    public bool IsAvailable => Has(service.PStates);

    /// <summary>True when a table has a turbo state within its bounds.</summary>
    public static bool Has(PStateTable table) =>
        table.Count > FastestWithout && table.FastestAllowed == 0 && table.SlowestAllowed >= FastestWithout && table[0] - table[FastestWithout] == TurboKHz;

    /// <summary>The fastest P-state.</summary>
    public FrequencyReply Max(ulong tsc) => _off
        ? service.Answer(vcpu, new FrequencyCall(FrequencyOp.SetPState, FastestWithout), tsc)
        : service.Answer(vcpu, new FrequencyCall(FrequencyOp.Max), tsc);

    /// <summary>One P-state faster.</summary>
    public FrequencyReply Up(ulong tsc) =>
        Ask(_off && service.InForce <= FastestWithout, new FrequencyCall(FrequencyOp.Step, 1), tsc);

    /// <summary>Switches; switching off leaves the turbo state.</summary>
    public FrequencyReply Set(bool on, ulong tsc)
    {
        bool stays = on || service.InForce != 0;
        FrequencyReply state = Ask(stays, new FrequencyCall(FrequencyOp.SetPState, FastestWithout), tsc);
        _off = state.IsError ? _off : !on;
        return state;
    }

    // Where nothing is to change the guest pays all the same, and one that may change nothing is refused all the same.
    private FrequencyReply Ask(bool unchanged, FrequencyCall change, ulong tsc) =>
        service.Answer(vcpu, unchanged && service.Granted ? new FrequencyCall(FrequencyOp.Hello, HypercallAbi.Version) : change, tsc);
}
