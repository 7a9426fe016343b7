namespace PollScale.Simulation.Traffic.Rates;

/// <summary>An arrival rate that is constant piece by piece and never ends.</summary>
internal interface IRateProcess
{
    /// <summary>The next segment.</summary>
    RateSegment Next();
}
