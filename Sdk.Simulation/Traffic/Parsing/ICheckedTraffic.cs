namespace PollScale.Simulation.Traffic.Parsing;

/// <summary>Traffic that can say whether its parameters go together.</summary>
internal interface ICheckedTraffic : ITrafficModel
{
    /// <summary>Checks all parameters.</summary>
    /// <exception cref="TrafficModelException">One is out of range, or two contradict each other.</exception>
    void Check();
}
