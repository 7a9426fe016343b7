namespace PollScale.HostStub.Simulation.Tuning;

/// <summary>A governor whose options can be searched.</summary>
/// <param name="Name">Its name in the catalog.</param>
/// <param name="OptionsType">C# type of its options.</param>
/// <param name="Options">All of its options. What a user demands, such as the delay bound, is named but not searched.</param>
internal sealed record TunedGovernor(string Name, string OptionsType, IReadOnlyList<TunedOption> Options)
{
    /// <summary>The governors that can be tuned.</summary>
    public static IReadOnlyList<TunedGovernor> All { get; } =
    [
        new("optimal-available", "OptimalAvailableOptions",
        [
            new("bound-share", "BoundShare", TunedKind.Number, 0.4, 1, 0.9),
            new("high-water", "HighWater", TunedKind.Number, 0.3, 1, 0.95),
            new("rate-time", "RateTime", TunedKind.Time, 50, 10_000, 500),
            new("lag-share", "LagShare", TunedKind.Number, 0, 0.9, 0.5),
            new("delay-bound", "DelayBound", TunedKind.Time),
            new("peak", "PeakPacketsPerSecond", TunedKind.Number),
            new("cycles-per-packet", "CyclesPerPacket", TunedKind.Number),
            new("call-time", "CallTime", TunedKind.Time),
            new("actuator-latency", "ActuatorLatency", TunedKind.Time),
        ]),
        new("drain-time", "DrainTimeOptions",
        [
            new("drain-time", "DrainTime", TunedKind.Time, 20, 5_000, 200),
            new("hold-time", "HoldTime", TunedKind.Time, 20, 10_000, 500),
            new("rate-time", "RateTime", TunedKind.Time, 20, 5_000, 200),
            new("rate-margin", "RateMargin", TunedKind.Number, 1, 1.5, 1.02),
            new("step-headroom", "StepHeadroom", TunedKind.Number, 1, 1.5, 1.03),
            new("high-water", "HighWater", TunedKind.Number, 0.3, 1, 0.75),
            new("setpoint-backlog", "SetpointBacklog", TunedKind.Whole),
            new("cycles-per-packet", "CyclesPerPacket", TunedKind.Number),
            new("peak-rate", "PeakPacketsPerSecond", TunedKind.Number),
            new("call-time", "CallTime", TunedKind.Time),
            new("transition-latency", "TransitionLatency", TunedKind.Time),
        ]),
    ];

    /// <summary>The governor in a text; null when it cannot be tuned.</summary>
    public static TunedGovernor? Of(string text) => All.FirstOrDefault(known => known.Name == GovernorTexts.Name(text));

    /// <summary>The options that a search may set: those that a text leaves open.</summary>
    public IReadOnlyList<TunedOption> Open(string text)
    {
        HashSet<string> given = [.. Settings(text).Select(setting => setting[0])];
        return [.. Options.Where(option => option.IsTuned && !given.Contains(option.Name))];
    }

    /// <summary>The C# that sets what a text sets.</summary>
    public string CSharp(string text)
    {
        IEnumerable<string> parts = Settings(text).Select(setting => Options.First(option => option.Name == setting[0]).CSharp(setting[1]));
        string body = string.Join(", ", parts);
        return body.Length == 0 ? $"new {OptionsType}()" : $"new {OptionsType} {{ {body} }}";
    }

    private static IEnumerable<string[]> Settings(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? [] : text[(colon + 1)..].Split(',').Select(part => part.Split('=', 2));
    }
}
