using System.Runtime.CompilerServices;
using PollScale.Native;

namespace PollScale.Clock;

/// <summary>The time-stamp counter as a clock: one instruction to read, the same in guest and host.</summary>
public static class TscClock
{
    private const uint AdvancedPowerLeaf = 0x8000_0007;
    private const uint InvariantTscBit = 1 << 8;

    private static readonly Lazy<TscFrequency> s_frequency = new(() => TscFrequencyFinder.Find(HypervisorLeaves.Read, TscCalibration.Measure));
    private static readonly Lazy<bool> s_isInvariant = new(() => ReadInvariant(Cpuid.Read));

    /// <summary>Ticks now. Unordered: neighbouring loads may pass it.</summary>
    public static ulong Now
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => NativeCode.Rdtsc();
    }

    /// <summary>The frequency and its conversions. The first read may take 20 ms.</summary>
    public static TscFrequency Frequency => s_frequency.Value;

    /// <summary>Frequency in kHz. The first read may take 20 ms.</summary>
    public static uint FrequencyKHz => s_frequency.Value.KHz;

    /// <summary>True when CPUID promises a TSC that ticks evenly in all P- and C-states. A hypervisor may hide the bit of a TSC that does.</summary>
    public static bool IsInvariant => s_isInvariant.Value;

    /// <summary>Ticks to ns, rounded down.</summary>
    public static ulong ToNanoseconds(ulong ticks) => Frequency.ToNanoseconds(ticks);

    /// <summary>Ticks to us, rounded down.</summary>
    public static ulong ToMicroseconds(ulong ticks) => Frequency.ToMicroseconds(ticks);

    /// <summary>Ns to ticks, rounded down.</summary>
    public static ulong FromNanoseconds(ulong nanoseconds) => Frequency.FromNanoseconds(nanoseconds);

    /// <summary>Us to ticks, rounded down.</summary>
    public static ulong FromMicroseconds(ulong microseconds) => Frequency.FromMicroseconds(microseconds);

    internal static bool ReadInvariant(CpuidReader cpuid) =>
        cpuid(0x8000_0000, 0).Eax >= AdvancedPowerLeaf && (cpuid(AdvancedPowerLeaf, 0).Edx & InvariantTscBit) != 0;
}
