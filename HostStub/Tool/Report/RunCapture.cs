using System.Text.Json.Serialization;

namespace PollScale.HostStub.Report;

/// <summary>The capture that a run replays.</summary>
internal sealed record RunCapture
{
    /// <summary>Path of the file.</summary>
    public required string File { get; init; }

    /// <summary>libpcap's name of the link type.</summary>
    public required string LinkType { get; init; }

    /// <summary>Packets that will be sent.</summary>
    public required long Packets { get; init; }

    /// <summary>Bytes of their frames.</summary>
    public required long Bytes { get; init; }

    /// <summary>Bytes of the longest frame.</summary>
    public required int LongestFrame { get; init; }

    /// <summary>Time between its first and its last packet, s.</summary>
    public required double RecordedS { get; init; }

    /// <summary>How long the replay takes, s; null when it goes as fast as there is room.</summary>
    public required double? ReplayS { get; init; }

    /// <summary><see cref="RecordedS"/> for people.</summary>
    [JsonIgnore]
    public string RecordedText { get; init; } = "";

    /// <summary><see cref="ReplayS"/> for people.</summary>
    [JsonIgnore]
    public string? ReplayText { get; init; }

    /// <summary>False when the file's end is cut off or damaged.</summary>
    public required bool Whole { get; init; }

    /// <summary>What is peculiar about it, a sentence or two each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
