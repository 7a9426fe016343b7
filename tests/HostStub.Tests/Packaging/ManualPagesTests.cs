using PollScale.HostStub.Cli;
using PollScale.Programs;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Packaging;

/// <summary>What completion offers is what the command line has; each command for users has a manual page.</summary>
public class ManualPagesTests
{
    private static readonly string[] s_withoutPage = ["bench", "demo"]; // for developers, and said by hoststub(1)

    [Fact]
    public void Every_command_that_completion_offers_has_a_page()
    {
        Assert.SkipWhen(Checkout.Root is null, "only the compiled tests are here, not the repository with the packaging.");
        string stage = File.ReadAllText(Path.Combine(Checkout.Root!, "HostStub/packaging/hoststub/stage"));
        string[] commands = [.. Suggest("hoststub ").Where(word => char.IsAsciiLetter(word[0]))];

        Assert.Empty(((string[])["run", "serve", "status", "top", "set"]).Except(commands));
        Assert.All(commands.Except(s_withoutPage), command => Assert.Contains($"\"$program\" {command}\n", stage + "\n", StringComparison.Ordinal));
    }

    [Fact]
    public void Completion_offers_the_options_of_the_commands_that_ask_a_daemon()
    {
        Offers("hoststub status --", "--json", "--control");
        Offers("hoststub top --", "--once", "--sort", "--interval", "--control");
        Offers("hoststub set --", "--fastest", "--slowest", "--deny", "--withdraw", "--reset", "--json", "--control");
        Offers("hoststub serve --", "--control", "--control-group");
    }

    private static void Offers(string line, params string[] words) => Assert.Empty(words.Except(Suggest(line)));

    private static string[] Suggest(string line)
    {
        using StringWriter output = new();
        new HostStubCommand(_ => ExitCode.Internal, _ => ExitCode.Internal, _ => ExitCode.Internal, _ => ExitCode.Internal, _ => ExitCode.Internal, output, TextWriter.Null)
            .Invoke([$"[suggest:{line.Length}]", line]);
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
