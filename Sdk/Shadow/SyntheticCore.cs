namespace PollScale.Shadow;

/// <summary>
/// The synthetic server core of the project's figures: 21 P-states of 3.0 .. 1.0 GHz, 0.9 W static, dynamic 4.6 W at 3.0 GHz falling with
/// f * V^2, V linear from 1.05 V down to 0.70 V. It draws 5.50 .. 1.58 W.
/// </summary>
internal static class SyntheticCore
{
    /// <summary>Time from a request to its effect: that of the micro-VM's table of the same core.</summary>
    public static readonly TimeSpan TransitionLatency = TimeSpan.FromMicroseconds(20);

    /// <summary>Frequencies in kHz, fastest first.</summary>
    public static IReadOnlyList<uint> KHz { get; } = [.. Enumerable.Range(0, 21).Select(i => (uint)(3_000_000 - (i * 100_000)))];

    /// <summary>Power in W by P-state, of a core that polls.</summary>
    public static IReadOnlyList<double> Watts { get; } = [.. KHz.Select(Power)];

    private static double Power(uint kHz)
    {
        double share = kHz / 3e6, volts = 0.70 + (0.35 * (kHz - 1e6) / 2e6);
        return 0.9 + (4.6 * share * (volts / 1.05) * (volts / 1.05));
    }
}
