namespace PollScale.Governors;

/// <summary>
/// The swing of a steady stream between the two P-states next to its rate: its backlog grows at the slower one up to the lag that it is allowed, and shrinks at the faster one.
/// Where these are near each other, the faster one, once the backlog is gone, is kept for a while, so that changes, calls and stalls are few; where they are far apart that would
/// cost energy, and the fall comes before the backlog is gone, so that no part of a slot is idle at the faster one.
/// </summary>
/// <param name="stall">Ticks for which a change stops the core.</param>
internal sealed class SteadySwing(double stall)
{
    /// <summary>P-states are far apart whose service rates differ by more than this share.</summary>
    public const double FineStep = 0.12;
    private const double LeastLag = 0.03;

    // From one fall to the next; each has a rise between, so a transition in 50 slots.
    private const double RestSlots = 100;

    // The same for the time in calls: a thousandth of the core's.
    private const double RestCalls = 2000;

    // The same for the time in stalls: a hundredth.
    private const double RestStalls = 200;
    private double _restedAt = double.NegativeInfinity;

    /// <summary>The faster of the two is wanted.</summary>
    public bool Rising { get; private set; }

    /// <summary>Packets that wait at most when the slower one is wanted again.</summary>
    public double FallsAt { get; private set; }

    /// <summary>Takes in a moment.</summary>
    /// <param name="now">When, in ticks.</param>
    /// <param name="likely">Packets that wait when the slot begins.</param>
    /// <param name="lag">Packets that may.</param>
    /// <param name="above">What the faster P-state serves, packets a tick.</param>
    /// <param name="below">What the slower one does.</param>
    /// <param name="rate">What comes.</param>
    /// <param name="slot">Ticks until the next change.</param>
    /// <param name="call">Ticks of a call.</param>
    public void Look(double now, double likely, double lag, double above, double below, double rate, double slot, double call)
    {
        double share = Math.Min(1, FineStep / ((above / below) - 1)), fine = share * share;
        double rest = fine * Math.Max(RestSlots * slot, Math.Max(RestCalls * call, RestStalls * stall));
        FallsAt = (lag * LeastLag) + ((1 - fine) * (above - rate) * slot);
        bool drained = likely <= FallsAt && now - _restedAt >= rest;
        bool rises = likely > lag || (Rising && !drained);
        _restedAt = Rising && !rises ? now : _restedAt;
        Rising = rises;
    }
}
