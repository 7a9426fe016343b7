using System.CommandLine;
using PollScale.HostStub.Bench;
using PollScale.HostStub.Run;
using PollScale.Programs;

namespace PollScale.HostStub.Cli;

/// <summary>The bench commands; parsing only.</summary>
internal static class BenchCommand
{
    private const int DefaultRounds = 5, MaxRounds = 100;

    public static Command Build(Func<BenchOptions, ExitCode> bench)
    {
        Command command = new("bench", "Measures this machine, each figure against a baseline of the same run.");
        Add(BenchKind.Boot, "VM creation to the guest's Main: the first VM of a process, the second, later ones.");
        Add(BenchKind.Exits, "Doorbell round trips against a bare C KVM_RUN loop; needs gcc and a checkout.");
        Add(BenchKind.Poll, "The same poll loop in the guest and on the host.");
        Add(BenchKind.Ring, "64-byte packets through the packet rings alone.");
        Add(BenchKind.Serve, "64 guest channels at 1000 requests/s each, without and with one that floods.");
        Add(BenchKind.Region, "A VM's answers over its shared page: alone, beside others, and beside a hostile one.");
        Add(BenchKind.All, "All of these.");
        return command;

        void Add(BenchKind kind, string description)
        {
            Option<string?> guest = new("--guest") { HelpName = "PATH", Description = "The guestprobe ELF [beside hoststub, or published in this checkout]." };
            Option<string?> rounds = new("--rounds") { HelpName = "N", Description = $"Rounds of each comparison, 1 to {MaxRounds} [{DefaultRounds}]." };
            Option<string?> cpu = new("--cpu") { HelpName = "N", Description = "pCPU of the vCPU and of its baselines [the last allowed]." };
            Option<bool> json = new("--json") { Description = "Report in JSON, one object a line; the last is the summary." };
            Command measure = new(kind.ToString().ToLowerInvariant(), description) { guest, rounds, cpu, json };
            measure.SetAction(parsed => (int)bench(new BenchOptions(
                kind,
                parsed.GetValue(guest) ?? GuestImage.Probe(),
                OptionValues.Integer(rounds, parsed.GetValue(rounds), 1, MaxRounds) ?? DefaultRounds,
                OptionValues.Integer(cpu, parsed.GetValue(cpu), 0, Native.cpu_set_t.CPU_SETSIZE - 1)) { Json = parsed.GetValue(json) }));
            command.Subcommands.Add(measure);
        }
    }
}
