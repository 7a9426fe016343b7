using PollScale.Governors;
using PollScale.Hypercall;

namespace PollScale.Shadow;

/// <summary>The core that a <see cref="ShadowTransport"/> stands for.</summary>
public sealed record ShadowOptions
{
    internal const double MostKHz = 100e6, MostWatts = 1e4;
    internal static readonly TimeSpan LongestLatency = TimeSpan.FromMilliseconds(100), LongestCall = TimeSpan.FromMilliseconds(10);

    /// <summary>Frequencies in kHz, fastest first, strictly falling, 1 .. 64 of them; default the 21 of the synthetic server core, 3.0 .. 1.0 GHz. The core that runs counts as at the first.</summary>
    public IReadOnlyList<uint> KHz { get; init; } = SyntheticCore.KHz;

    /// <summary>Power in W of a core that polls, one a P-state, falling; default the synthetic server core's, 5.50 .. 1.58 W.</summary>
    public IReadOnlyList<double> Watts { get; init; } = SyntheticCore.Watts;

    /// <summary>Time from a call's return to its effect, 0 .. 100 ms; default 20 us.</summary>
    public TimeSpan TransitionLatency { get; init; } = SyntheticCore.TransitionLatency;

    /// <summary>Time that a call takes, in which nothing is served, 0 .. 10 ms; default 1 us. `hoststub bench paths` measures what the ways to a host take.</summary>
    public TimeSpan CallTime { get; init; } = TimeSpan.FromMicroseconds(1);

    internal void Validate()
    {
        bool falls = KHz.Count is >= 1 and <= HypercallAbi.MaxPStates;
        for (int i = 0; falls && i < KHz.Count; i++)
        {
            falls = KHz[i] is > 0 and <= (uint)MostKHz && (i == 0 || KHz[i] < KHz[i - 1]);
        }

        Check(falls, nameof(KHz), string.Join('/', KHz), $"1 .. {HypercallAbi.MaxPStates} frequencies in kHz, falling");
        Check(Watts.Count == KHz.Count, nameof(Watts), $"of {Watts.Count} values", $"of {KHz.Count}, one for each P-state");
        OptionFault? fault = NumbersSetting<ShadowOptions>.Falling(Watts, nameof(Watts));
        Check(fault is null && Watts[0] <= MostWatts, nameof(Watts), string.Join('/', Watts), "falling and above 0, at most 10000 W");
        Check(TransitionLatency >= TimeSpan.Zero && TransitionLatency <= LongestLatency, nameof(TransitionLatency), TransitionLatency, "0 .. 100 ms");
        Check(CallTime >= TimeSpan.Zero && CallTime <= LongestCall, nameof(CallTime), CallTime, "0 .. 10 ms");
    }

    private static void Check(bool valid, string name, object? value, string expected) => OptionCheck.Require(valid, nameof(ShadowOptions), name, value, expected);
}
