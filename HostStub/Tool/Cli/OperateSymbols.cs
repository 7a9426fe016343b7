using System.CommandLine;

namespace PollScale.HostStub.Cli;

/// <summary>The options of status, top and set; <see cref="OperateReader"/> checks them.</summary>
internal sealed class OperateSymbols
{
    public Argument<string> Guest { get; } = new("guest") { HelpName = "GUEST[/VCPU]", Description = "A guest of the policy, or one vCPU of it." };

    public Option<string?> Control { get; } = Text("--control", "PATH", "The daemon's control socket [/run/pollscale/control.sock, then $XDG_RUNTIME_DIR/pollscale/control.sock].");

    public Option<bool> Json { get; } = new("--json") { Description = "Report in JSON: one object, the summary; docs/json.md has its fields." };

    public Option<string?> Interval { get; } = Text("--interval", "TIME", "Time between two looks, 100ms to 1h [1s].");

    public Option<string?> Sort { get; } = Text("--sort", "ORDER", "What comes first: busy (calls a second), trouble, or name [busy].");

    public Option<bool> Once { get; } = new("--once") { Description = "Look once, with the rates of one interval, and end." };

    public Option<string?> Fastest { get; } = Text("--fastest", "P-STATE", "Fastest P-state that it may have: an index, or a frequency such as 2.4GHz.");

    public Option<string?> Slowest { get; } = Text("--slowest", "P-STATE", "Slowest P-state that it may have.");

    public Option<bool> Deny { get; } = new("--deny") { Description = "No control: its wish is withdrawn, its changes are refused." };

    public Option<bool> Withdraw { get; } = new("--withdraw") { Description = "Take its wish back now; it may wish anew." };

    public Option<bool> Reset { get; } = new("--reset") { Description = "Nothing that set said of it holds any more." };

    /// <summary>Adds --control and others to a command.</summary>
    public void AddTo(Command command, params ReadOnlySpan<Option> others)
    {
        foreach (Option option in others)
        {
            command.Options.Add(option);
        }

        command.Options.Add(Control);
    }

    private static Option<string?> Text(string name, string value, string description) => new(name) { HelpName = value, Description = description };
}
