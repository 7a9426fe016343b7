using System.CommandLine;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Report;

namespace PollScale.HostStub.Cli;

/// <summary>The serve command; parsing only.</summary>
internal static class ServeCommand
{
    public const string Name = "serve";

    public static Command Build(Func<ServeOptions, ExitCode> serve)
    {
        Option<string[]> channels = new("--channel") { HelpName = "NAME:VCPU:KIND:PATH", Description = "A guest's vCPU and its channel; repeatable. KIND: connect, listen, device or pty.", Required = true };
        Option<string?> pStates = new("--pstates") { HelpName = "FILE", Description = "P-states and power model of each vCPU's pCPU, JSON [a synthetic server core]." };
        Option<string?> budget = new("--budget") { HelpName = "RATE[/BURST]", Description = "Calls a second of each channel, and at once [20000/200]." };
        Option<bool> deny = new("--deny") { Description = "Refuse every change." };
        Option<bool> queries = new("--allow-queries") { Description = "Let guests ask for the frequencies and capabilities of their vCPUs." };
        Option<bool> json = new("--json") { Description = "Report in JSON, one object a line; the last has \"event\":\"end\"." };
        Command command = new(Name, "Serves DPDK's guest channel (virtio-serial) to unmodified DPDK guests and to the SDK's.") { channels, pStates, budget, deny, queries, json };
        command.SetAction(parsed => (int)serve(new ServeOptions
        {
            Channels = [.. (parsed.GetValue(channels) ?? []).Select(ReadChannel)],
            PStates = ReadPStates(parsed.GetValue(pStates)),
            Policy = ReadBudget(parsed.GetValue(budget)) with { Granted = !parsed.GetValue(deny) },
            AllowQueries = parsed.GetValue(queries),
            Json = parsed.GetValue(json),
        }));
        return command;
    }

    private static ChannelSpec ReadChannel(string text) => ChannelSpec.Read(text, out ChannelSpec? spec) is string expected
        ? throw new UsageException($"--channel takes {expected}, not '{SafeText.Line(text)}'.")
        : spec!;

    private static PolicyOptions ReadBudget(string? text)
    {
        if (text is null)
        {
            return new PolicyOptions();
        }

        return ValueText.Budget(text, out int rate, out int burst) is string expected
            ? throw new UsageException($"--budget takes {expected}, not '{SafeText.Line(text)}'.")
            : new PolicyOptions { CallsPerSecond = rate, Burst = burst };
    }

    private static PStateModel ReadPStates(string? path)
    {
        try
        {
            return path is null ? PStateFile.Default() : PStateFile.Load(path);
        }
        catch (PStateFileException e)
        {
            throw new UsageException(SafeText.Line(e.Message), e);
        }
    }
}
