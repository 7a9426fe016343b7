using PollScale.HostStub.Report.Kit;
using Spectre.Console;
using Xunit;

namespace PollScale.HostStub.Tests.Report.Kit;

public class ConsolesTests
{
    [Theory]
    [InlineData(true, "xterm")]
    [InlineData(false, "dumb")]
    [InlineData(false, "")]
    [InlineData(false, null)]
    public void Where_nothing_can_be_drawn_there_is_no_terminal(bool isRedirected, string? term) =>
        Assert.Null(Consoles.Terminal(TextWriter.Null, isRedirected, name => name == "TERM" ? term : null));

    [Theory]
    [InlineData("1", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void NO_COLOR_takes_the_colours_and_leaves_the_terminal(string? noColor, bool isPlain)
    {
        IAnsiConsole console = Consoles.Terminal(TextWriter.Null, false, name => name switch { "TERM" => "xterm-256color", "NO_COLOR" => noColor, _ => null })!;

        Assert.True(!isPlain || console.Profile.Capabilities.ColorSystem == ColorSystem.NoColors, $"{console.Profile.Capabilities.ColorSystem}");
    }

    [Fact]
    public void What_is_no_terminal_gets_no_control_sequence_and_lines_as_wide_as_asked()
    {
        StringWriter wide = new(), narrow = new();
        Consoles.Plain(wide).Write(new Markup($"[red]{new string('x', 150)}[/]"));
        Consoles.Plain(narrow, 80).Write(new Markup($"[red]{new string('x', 150)}[/]"));

        Assert.Equal(new string('x', 150), wide.ToString().TrimEnd());
        Assert.Equal(80, narrow.ToString().Split('\n')[0].TrimEnd().Length);
    }
}
