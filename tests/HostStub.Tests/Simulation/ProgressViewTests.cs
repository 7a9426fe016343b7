using PollScale.HostStub.Simulation;
using PollScale.HostStub.Tests.Report;
using Spectre.Console;
using Xunit;

namespace PollScale.HostStub.Tests.Simulation;

public class ProgressViewTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData(80, 0)]
    public void A_terminal_without_a_size_gets_lines(int? width, int? height)
    {
        StringWriter error = new();
        IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            Out = new BrokenOutput(error, width, height),
        });
        new ProgressView(error, terminal, quiet: false).During(tell => tell(0.5, "half of it"));

        Assert.Equal("simulate: half of it\n", error.ToString());
    }
}
