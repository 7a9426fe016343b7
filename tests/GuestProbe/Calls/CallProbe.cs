using PollScale.GuestProbe.Registers;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Samples.QueueScaler;
using PollScale.Samples.QueueScaler.CommandLine;
using PollScale.Samples.QueueScaler.Modes;
using PollScale.Transports;

namespace PollScale.GuestProbe.Calls;

/// <summary>Shows what the hypervisor offers in CPUID and how the host answers every call, right and wrong ones.</summary>
internal static class CallProbe
{
    private const uint HypervisorLeaf = 0x4000_0000, KvmFeatureLeaf = 0x4000_0001;

    /// <summary>Runs all of it.</summary>
    /// <param name="host">The host.</param>
    /// <param name="flood">Changes to ask for as fast as they go; 0 for none.</param>
    /// <returns>False when a call changed a register it must keep.</returns>
    /// <exception cref="FrequencyControlUnavailableException">There is no way to the host.</exception>
    public static bool Run(HostOptions host, int flood)
    {
        Discovery();
        InstructionProbe.Run();
        using IFrequencyTransport transport = TransportOpener.Open(host);
        Calls(transport, flood);
        NumberProbe.Run(transport.Doorbell);
        return RegisterProbe.Run(transport.Doorbell);
    }

    /// <summary>Prints every hypervisor leaf that PollScale, or the hypervisor itself, answers at.</summary>
    private static void Discovery()
    {
        Leaf(HypervisorLeaf, 0);
        Leaf(KvmFeatureLeaf, 0);
        Leaf(HypercallAbi.CpuidTimingLeaf, 0);
        for (uint leaf = HypercallAbi.CpuidScanFirst; leaf <= HypercallAbi.CpuidScanLast; leaf += HypercallAbi.CpuidScanStep)
        {
            CpuidLeaf signature = Cpuid.Read(leaf, 0);
            if (signature.Ebx == HypercallAbi.SignatureEbx && signature.Ecx == HypercallAbi.SignatureEcx && signature.Edx == HypercallAbi.SignatureEdx)
            {
                uint highest = Math.Min(signature.Eax, leaf + HypercallAbi.CpuidScanStep - 1);
                for (uint next = leaf; next <= highest; next++)
                {
                    Leaf(next, 0);
                }

                return;
            }
        }

        Output.Line("discovery: no leaf carries PollScale's signature");
    }

    /// <summary>Makes every call with good and bad arguments, prints `op argument -> result`, floods if asked to, and restores the P-state.</summary>
    private static void Calls(IFrequencyTransport transport, int flood)
    {
        PStateTable table = transport.PStates;
        Output.Line($"transport {transport.Doorbell}: {table.Count} P-states, allowed {table.FastestAllowed}..{table.SlowestAllowed}, latency {table.TransitionLatencyNs} ns, control {(transport.ControlGranted ? "granted" : "refused")}, {(transport.Emulated ? "emulated" : "real")}, stretch {transport.StretchQ16}");
        for (int index = 0; index < table.Count; index++)
        {
            Output.Line($"P{index} {table[index]} kHz");
        }

        FrequencyReply before = ShownCall.Make(transport, FrequencyOp.GetPState, 0);
        int last = table.Count - 1;
        Each(transport, FrequencyOp.Hello, HypercallAbi.Version, 0, HypercallAbi.EncodedArguments - 1);
        Each(transport, FrequencyOp.GetPState, 1, HypercallAbi.EncodedArguments - 1);
        Each(transport, FrequencyOp.SetPState, last, 0, last + 1, HypercallAbi.EncodedArguments - 1, HypercallAbi.EncodedArguments, -1, long.MaxValue);
        Each(transport, FrequencyOp.Step, -1, 1, 0, -32, 31, -33, 32, long.MinValue, long.MaxValue);
        Each(transport, FrequencyOp.Max, 0, 1);
        Each(transport, FrequencyOp.Min, 0, 1);
        Each(transport, FrequencyOp.PStateKHz, 0, last, last + 1, HypercallAbi.EncodedArguments - 1, HypercallAbi.EncodedArguments, -1);
        Each(transport, FrequencyOp.Limits, 0, 1);
        Each(transport, (FrequencyOp)HypercallAbi.OpCount, 0);
        Each(transport, (FrequencyOp)ushort.MaxValue, 0);
        if (flood > 0)
        {
            CallFlood.Run(transport, flood);
        }

        if (!before.IsError)
        {
            FrequencyCall restore = new(FrequencyOp.SetPState, before.Value);
            ShownCall.Show(restore, CallFlood.CallPatiently(transport, restore));
        }
    }

    private static void Each(IFrequencyTransport transport, FrequencyOp op, params ReadOnlySpan<long> arguments)
    {
        foreach (long argument in arguments)
        {
            ShownCall.Make(transport, op, argument);
        }
    }

    private static void Leaf(uint leaf, uint subleaf)
    {
        CpuidLeaf value = Cpuid.Read(leaf, subleaf);
        Output.Line($"cpuid {leaf:x8} eax={value.Eax:x8} ebx={value.Ebx:x8} ecx={value.Ecx:x8} edx={value.Edx:x8}");
    }
}
