namespace PollScale.Governors;

/// <summary>
/// How far a backlog can grow before the fastest P-state serves it, whatever the actuator does within its latency: the one rule behind
/// <see cref="LossCertificate"/>, its delay bound, and what governors do. docs/governors.md proves it.
/// </summary>
/// <remarks>
/// Packets arrive at R. A decision leaves things as they are, or makes a request; the next, a decision period Delta and a burst b of work later,
/// may ask for the fastest, which serves within L, the stall of its own change included. Any change that is still to come may
/// stop the core for sigma, and so put the next decision off. Nothing is served during calls and stalls. So R lasts for
/// H = calls C + Delta + b / mu + L + (changes - 1) sigma, and mu for what calls and stalls leave of it.
/// </remarks>
/// <param name="Latency">L, longest time from a call's return to packets being served at the speed asked for, the stall of that change included.</param>
/// <param name="Period">Delta, time between decisions.</param>
/// <param name="Call">C, round trip of a call.</param>
/// <param name="Stall">sigma, longest time for which the core stands still at a change.</param>
/// <param name="Burst">b, packets that are worked off between two polls.</param>
internal readonly record struct WorstCase(double Latency, double Period, double Call, double Stall, double Burst)
{
    /// <summary>Calls until help comes where a P-state is asked for now: that one, and the one that asks for the fastest.</summary>
    public const int Calls = 2;

    /// <summary>Changes of speed until then: to what is asked for, and to the fastest.</summary>
    public const int Changes = 2;

    /// <summary>The same in another unit of time.</summary>
    /// <param name="factor">Units of the new per unit of the old.</param>
    public WorstCase Scaled(double factor) => new(Latency * factor, Period * factor, Call * factor, Stall * factor, Burst);

    /// <summary>H, time until the fastest P-state serves for certain.</summary>
    /// <param name="serviceRate">Slowest rate until then, packets per unit of time.</param>
    /// <param name="calls">Calls until then.</param>
    /// <param name="changes">Changes until then.</param>
    public double Horizon(double serviceRate, int calls = Calls, int changes = Changes) =>
        (calls * Call) + Period + (Burst / serviceRate) + Latency + ((changes - 1) * Stall);

    /// <summary>The part of it in which nothing is served.</summary>
    public double Lost(int calls = Calls, int changes = Changes) => (calls * Call) + (changes * Stall);

    /// <summary>Packets by which the backlog can grow until then.</summary>
    /// <param name="rate">R, packets per unit of time.</param>
    /// <param name="serviceRate">mu, the slowest rate until then.</param>
    /// <param name="calls">Calls until then.</param>
    /// <param name="changes">Changes until then.</param>
    public double Growth(double rate, double serviceRate, int calls = Calls, int changes = Changes)
    {
        // No packet is served before it comes: faster than R is no better than R.
        double called = calls * Call, rest = Horizon(serviceRate, calls, changes) - called, served = Math.Min(serviceRate, rate);
        return (rate * called) + ((rate - served) * rest) + (served * Math.Min(rest, changes * Stall));
    }

    /// <summary>Packets that can wait then, from a burst now.</summary>
    /// <param name="rate">R, packets per unit of time.</param>
    /// <param name="serviceRate">mu, the slowest rate until then.</param>
    public double Backlog(double rate, double serviceRate) => Growth(rate, serviceRate) + Burst;
}
