using System.Diagnostics.CodeAnalysis;
using PollScale.Notation;

namespace PollScale.Simulation.Cores;

/// <summary>
/// Actuators as users write them: "10us" follows each request after 10 us, "500us-grid" at the edges of a 500 us grid. "500us" and
/// "1ms" alone are the grids of server packages; "500us-delay" is a plain delay, "0us..500us-delay" a random one. "+380us" adds an execution time after
/// a grid's edge, "+20us..50us" a random one, "/12us" a stall at each change; ",jump=200us@50ms" and ",then=1ms@200ms" move a grid's edges.
/// </summary>
internal static class ActuatorText
{
    /// <summary>What may be written, for people.</summary>
    public const string Forms = "a delay such as 10us or 0us..500us-delay (random), or a grid such as 500us-grid or 1ms-grid, optionally followed by "
        + "+380us or +20us..50us (execution time after a grid's edge), /12us (stall at each change), and one of ,jump=200us@50ms (edges come 200us earlier each 50ms) "
        + "and ,then=1ms@200ms (another period from then on); times are 1ns to 1s";

    internal const string DelayKind = "-delay";
    internal const string GridKind = "-grid";
    private const string JumpKey = "jump", ThenKey = "then";

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
        string? wrong = Read((text ?? "").Trim(), out actuator);
        complaint = wrong is null ? null : $"'{text}' is no actuator: {wrong}. Give {Forms}.";
        return actuator is not null;
    }

    internal static string Format(long least, long time, string kind, long leastExecution, long execution, long stall, GridMotion motion)
    {
        bool plain = kind == DelayKind && !s_grids.Contains(time);
        return Range(least, time) + (plain ? "" : kind) + (execution > 0 ? $"+{Range(leastExecution, execution)}" : "") + (stall > 0 ? $"/{TimeText.Format(stall)}" : "")
            + (motion.Jump > 0 ? $",{JumpKey}={TimeText.Format(motion.Jump)}@{TimeText.Format(motion.Every)}" : "")
            + (motion.Then > 0 ? $",{ThenKey}={TimeText.Format(motion.Then)}@{TimeText.Format(motion.From)}" : "");
    }

    private static string? Read(string text, out IActuator? actuator)
    {
        actuator = null;
        (string main, string? motionText) = Split(text, ",");
        (main, string? stallText) = Split(main, "/");
        (main, string? executionText) = Split(main, "+");
        bool grid = main.EndsWith(GridKind, StringComparison.OrdinalIgnoreCase), delay = main.EndsWith(DelayKind, StringComparison.OrdinalIgnoreCase);
        string timeText = grid ? main[..^GridKind.Length] : delay ? main[..^DelayKind.Length] : main;
        if (!TryRange(timeText, out long least, out long time))
        {
            return $"'{timeText}' is no time";
        }

        if (!TryTime(stallText ?? "0ns", out long stall))
        {
            return $"the stall '{stallText}' is no time";
        }

        if (!TryRange(executionText ?? "0ns", out long leastExecution, out long execution))
        {
            return $"the execution time '{executionText}' is no time";
        }

        GridMotion motion = default;
        if (motionText is not null && !TryMotion(motionText, time, out motion))
        {
            return $"'{motionText}' moves no grid of {TimeText.Format(time)}";
        }

        grid |= !delay && least == time && s_grids.Contains(time);
        if (grid)
        {
            actuator = time > 0 && least == time ? new SlottedActuator(time, leastExecution, execution, stall, motion) : null;
            return actuator is null ? "a grid must be longer than 0 and of one period" : null;
        }

        actuator = executionText is null && motionText is null ? new DelayActuator(least, time, stall) : null;
        return actuator is null ? "only a grid has an execution time, a delay includes it, or edges that move" : null;
    }

    // Edges never lie further apart than the longest period.
    private static bool TryMotion(string text, long grid, out GridMotion motion)
    {
        (string key, string? value) = Split(text, "=");
        (string first, string? second) = Split(value ?? "", "@");
        bool read = TryTime(first, out long by) & TryTime(second ?? "", out long at) && by > 0 && at >= grid;
        motion = key == JumpKey ? new GridMotion { Jump = by, Every = at } : new GridMotion { Then = by, From = at };
        return read && (key == JumpKey ? by < grid : key == ThenKey);
    }

    private static string Range(long least, long most) => least == most ? TimeText.Format(most) : $"{TimeText.Format(least)}..{TimeText.Format(most)}";

    private static bool TryRange(string text, out long least, out long most)
    {
        (string first, string? second) = Split(text, "..");
        bool read = TryTime(first, out least);
        most = least;
        return read && (second is null || (TryTime(second, out most) && most >= least));
    }

    private static bool TryTime(string text, out long time) => TimeText.TryRead(text, 0, SimTime.Second, out time);

    private static (string Before, string? After) Split(string text, string separator)
    {
        int at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? (text, null) : (text[..at], text[(at + separator.Length)..]);
    }
}
