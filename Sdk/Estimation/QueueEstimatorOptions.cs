namespace PollScale.Polling;

/// <summary>Constants of a <see cref="QueueEstimator"/>, in TSC ticks and packets.</summary>
/// <param name="FastTicks">Time constant of the fast arrival rate.</param>
/// <param name="SlowTicks">Time constant of the slow arrival rate.</param>
/// <param name="PeakTicks">Time constant at which the peak rate is forgotten.</param>
/// <param name="WindowTicks">Shortest time over which a rate is taken.</param>
/// <param name="PeakWindowTicks">Shortest time over which the peak rate is taken.</param>
/// <param name="BurstSize">Most packets one poll returns.</param>
/// <param name="CyclesPerPacket">Core cycles a packet costs, until learned.</param>
internal readonly record struct QueueEstimatorOptions(
    double FastTicks, double SlowTicks, double PeakTicks, double WindowTicks, double PeakWindowTicks, int BurstSize, double CyclesPerPacket);
