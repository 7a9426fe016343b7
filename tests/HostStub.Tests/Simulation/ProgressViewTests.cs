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

    [Fact]
    public void A_long_part_is_told_each_half_minute()
    {
        StringWriter error = new();
        Minutes time = new();
        new ProgressView(error, null, quiet: false, time).During(tell =>
        {
            for (int i = 0; i <= 10; i++)
            {
                tell(i / 20.0, "step (1 of 2)");
                time.Passed += TimeSpan.FromSeconds(10);
            }

            tell(0.55, "square (2 of 2)");
        });

        Assert.Equal("simulate: step (1 of 2)\nsimulate: step (1 of 2), 15 % of all\nsimulate: step (1 of 2), 30 % of all\nsimulate: step (1 of 2), 45 % of all\nsimulate: square (2 of 2)\n", error.ToString());
    }

    private sealed class Minutes : TimeProvider
    {
        public TimeSpan Passed { get; set; }

        public override long GetTimestamp() => Passed.Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}
