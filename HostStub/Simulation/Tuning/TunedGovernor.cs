using PollScale.Governors;

namespace PollScale.HostStub.Simulation.Tuning;

/// <summary>A governor whose options can be searched.</summary>
/// <param name="Name">Its name in the catalog.</param>
/// <param name="OptionsType">C# type of its options.</param>
/// <param name="Options">All of its options. What a user demands, such as the delay bound, is named but not searched.</param>
internal sealed record TunedGovernor(string Name, string OptionsType, IReadOnlyList<TunedOption> Options)
{
    private static readonly OptimalAvailableOptions s_optimal = new();
    private static readonly DrainTimeOptions s_drain = new();

    /// <summary>The governors that can be tuned.</summary>
    public static IReadOnlyList<TunedGovernor> All { get; } =
    [
        new("optimal-available", "OptimalAvailableOptions",
        [
            new("bound-share", "BoundShare", TunedKind.Number, 0.4, 1, s_optimal.BoundShare),
            new("high-water", "HighWater", TunedKind.Number, 0.3, 1, s_optimal.HighWater),
            new("rate-time", "RateTime", TunedKind.Time, 50, 10_000, s_optimal.RateTime.TotalMicroseconds),
            new("lag-share", "LagShare", TunedKind.Number, 0, 1, s_optimal.LagShare),
            new("delay-bound", "DelayBound", TunedKind.Time),
            new("peak", "PeakPacketsPerSecond", TunedKind.Number),
            new("cycles-per-packet", "CyclesPerPacket", TunedKind.Number),
            new("call-time", "CallTime", TunedKind.Time),
            new("actuator-latency", "ActuatorLatency", TunedKind.Time),
        ]),
        new("drain-time", "DrainTimeOptions",
        [
            new("drain-time", "DrainTime", TunedKind.Time, 20, 5_000, s_drain.DrainTime.TotalMicroseconds),
            new("hold-time", "HoldTime", TunedKind.Time, 20, 10_000, s_drain.HoldTime.TotalMicroseconds),
            new("rate-time", "RateTime", TunedKind.Time, 20, 5_000, s_drain.RateTime.TotalMicroseconds),
            new("rate-margin", "RateMargin", TunedKind.Number, 1, 1.5, s_drain.RateMargin),
            new("step-headroom", "StepHeadroom", TunedKind.Number, 1, 1.5, s_drain.StepHeadroom),
            new("high-water", "HighWater", TunedKind.Number, 0.3, 1, s_drain.HighWater),
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
