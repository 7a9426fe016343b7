namespace PollScale.Simulation.Traffic;

/// <summary>What a user is told of a traffic model.</summary>
/// <param name="Name">Name that <see cref="TrafficModels.Parse"/> takes.</param>
/// <param name="Description">One line.</param>
/// <param name="Parameters">Its parameters, each optional.</param>
public sealed record TrafficModelInfo(string Name, string Description, IReadOnlyList<TrafficParameterInfo> Parameters);
