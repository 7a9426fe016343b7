using Spectre.Console;

namespace PollScale.HostStub.Report.Kit;

/// <summary>Whether something can be drawn in place on a terminal: some have no size, and drawing then fails on whatever thread does it.</summary>
internal static class TerminalSize
{
    /// <summary>What is wrong with it; null for a terminal that can be drawn on.</summary>
    public static string? Problem(IAnsiConsole console)
    {
        try
        {
            (int columns, int rows) = (console.Profile.Width, console.Profile.Height);
            return columns < 1 || rows < 1 ? $"it has {columns} columns and {rows} rows." : null;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or PlatformNotSupportedException or ArgumentException)
        {
            return e.Message;
        }
    }
}
