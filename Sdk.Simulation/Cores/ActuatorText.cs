using System.Diagnostics.CodeAnalysis;
using PollScale.Notation;

namespace PollScale.Simulation.Cores;

/// <summary>
/// Actuators as users write them: "10us" follows each request after 10 us, "500us-grid" at the edges of a 500 us grid. "500us" and
/// "1ms" alone are the grids of server packages; "500us-delay" is a plain delay. "+380us" adds an execution time after a grid's
/// edge, "/12us" a stall at each change.
/// </summary>
internal static class ActuatorText
{
    internal const string DelayKind = "-delay";
    internal const string GridKind = "-grid";
    private const string Forms = "a delay such as 10us or 30us, or a grid such as 500us-grid or 1ms-grid, optionally followed by "
        + "+380us (execution time after a grid's edge) and /12us (stall at each change); times are 1ns to 1s";

    private static readonly long[] s_grids = [500 * SimTime.Microsecond, SimTime.Millisecond];

    /// <summary>Reads an actuator.</summary>
    /// <exception cref="FormatException">The text names none.</exception>
    public static IActuator Parse(string text) => TryParse(text, out IActuator? actuator, out string? complaint) ? actuator : throw new FormatException(complaint);

    /// <summary>Reads an actuator.</summary>
    /// <param name="text">The text.</param>
    /// <param name="actuator">The actuator; null when the text names none.</param>
    /// <param name="complaint">What is wrong and what is valid; null when nothing is wrong.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out IActuator? actuator, [NotNullWhen(false)] out string? complaint)
    {
        actuator = null;
        complaint = null;
        (string main, string? stallText) = Split((text ?? "").Trim(), '/');
        (main, string? executionText) = Split(main, '+');
        bool grid = main.EndsWith(GridKind, StringComparison.OrdinalIgnoreCase);
        bool delay = main.EndsWith(DelayKind, StringComparison.OrdinalIgnoreCase);
        string timeText = grid ? main[..^GridKind.Length] : delay ? main[..^DelayKind.Length] : main;
        if (!TryTime(timeText, out long time))
        {
            complaint = $"'{text}' is no actuator: '{timeText}' is no time. Give {Forms}.";
        }
        else if (!TryTime(stallText ?? "0ns", out long stall))
        {
            complaint = $"'{text}' is no actuator: the stall '{stallText}' is no time. Give {Forms}.";
        }
        else if (!TryTime(executionText ?? "0ns", out long execution))
        {
            complaint = $"'{text}' is no actuator: the execution time '{executionText}' is no time. Give {Forms}.";
        }
        else if (grid || (!delay && s_grids.Contains(time)))
        {
            complaint = time > 0 ? null : $"'{text}' is no actuator: a grid must be longer than 0. Give {Forms}.";
            actuator = time > 0 ? new SlottedActuator(time, execution, stall) : null;
        }
        else if (executionText is not null)
        {
            complaint = $"'{text}' is no actuator: only a grid has an execution time, a delay includes it. Give {Forms}.";
        }
        else
        {
            actuator = new DelayActuator(time, stall);
        }

        return actuator is not null;
    }

    internal static string Format(long time, string kind, long execution, long stall)
    {
        bool plain = kind == DelayKind && !s_grids.Contains(time);
        return TimeText.Format(time) + (plain ? "" : kind) + (execution > 0 ? $"+{TimeText.Format(execution)}" : "") + (stall > 0 ? $"/{TimeText.Format(stall)}" : "");
    }

    private static bool TryTime(string text, out long time) => TimeText.TryRead(text, 0, SimTime.Second, out time);

    private static (string Before, string? After) Split(string text, char separator)
    {
        int at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);
    }
}
