using Spectre.Console;

namespace PollScale.HostStub.Report.Kit;

/// <summary>Makes every console that is drawn on.</summary>
internal static class Consoles
{
    /// <summary>Columns of what is no terminal: files have no width, and tables are not folded there.</summary>
    public const int FileWidth = 200;

    /// <summary>The terminal behind a stream; without colours where NO_COLOR is set, as no-color.org has it.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="isRedirected">It leads to a file or a pipe.</param>
    /// <param name="variable">Value of an environment variable, or null.</param>
    /// <returns>Null where nothing can be drawn in place: no terminal, or one that TERM calls dumb or does not name.</returns>
    public static IAnsiConsole? Terminal(TextWriter stream, bool isRedirected, Func<string, string?> variable) =>
        isRedirected || variable("TERM") is null or "" or "dumb" ? null : AnsiConsole.Create(new AnsiConsoleSettings
        {
            ColorSystem = string.IsNullOrEmpty(variable("NO_COLOR")) ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(stream),
        });

    /// <summary>Plain text for a file, a pipe or a dumb terminal: no control sequence, no colour.</summary>
    /// <param name="output">Where it goes.</param>
    /// <param name="width">Columns after which text is folded.</param>
    public static IAnsiConsole Plain(TextWriter output, int width = FileWidth)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = width;
        return console;
    }
}
