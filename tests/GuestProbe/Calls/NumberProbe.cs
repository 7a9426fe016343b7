using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Samples.QueueScaler;
using PollScale.Samples.QueueScaler.Modes;

namespace PollScale.GuestProbe.Calls;

/// <summary>Rings the hypercall doorbell with numbers outside the ABI: others' numbers, near misses, and bits no number has.</summary>
internal static class NumberProbe
{
    private const ulong Base = HypercallAbi.NumberBase;

    private static ReadOnlySpan<ulong> Numbers =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, // KVM's own, and Xen's
        32,                                       // Xen's event channels
        0x4000_0000, 0x4000_0001, 0x4000_00FF, 0x4000_FFFF,
        Base - 1, Base + HypercallAbi.OpCount, Base + 0xFFFF,
        Base | 1ul << 31, Base | 1ul << 32, Base | 1ul << 63, Base << 32,
        uint.MaxValue, ulong.MaxValue,
    ];

    /// <summary>Prints `number 0x... -> reply` a line; nothing for another doorbell, which carries no numbers.</summary>
    public static void Run(string doorbell)
    {
        if (doorbell != "hypercall")
        {
            return;
        }

        bool vmmcall = Cpuid.Read(0, 0).IsAmd;
        foreach (ulong number in Numbers)
        {
            FrequencyReply reply = new(vmmcall ? NativeCode.Vmmcall(number, 0) : NativeCode.Vmcall(number, 0));
            Output.Line($"number 0x{number:x} -> {ShownCall.Text(reply)}");
        }
    }
}
