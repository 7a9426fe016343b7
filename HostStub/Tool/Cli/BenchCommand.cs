using System.CommandLine;
using PollScale.HostStub.Bench;
using PollScale.HostStub.Bench.Paths.ThisHost;
using PollScale.HostStub.Run;
using PollScale.Programs;

namespace PollScale.HostStub.Cli;

/// <summary>The bench commands; parsing only.</summary>
internal static class BenchCommand
{
    private const int DefaultRounds = 5, MaxRounds = 100, DefaultBursts = 500, MaxBursts = 10_000;

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
        AddPaths();
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

        void AddPaths()
        {
            Option<string?> cpu = new("--cpu") { HelpName = "N", Description = "pCPU of the VM's vCPU [the last allowed]." };
            Option<string?> baseline = new("--baseline") { HelpName = "WORD", Description = "First word of the labels that the others are compared with [none]." };
            Option<bool> thisHost = new("--this-host") { Description = "Make the VM, and serve it, path after path as this host allows; ends by itself. No other CPU's settings are touched; QEMU and who answers run on the other CPUs that are allowed." };
            Option<string?> qemu = new("--qemu") { HelpName = "PATH", Description = "QEMU, with --this-host [qemu-system-x86_64]." };
            Option<string?> kernel = new("--kernel") { HelpName = "PATH", Description = "The VM's kernel, with --this-host [this host's own, in /boot]." };
            Option<string?> modules = new("--modules") { HelpName = "PATH", Description = "Folder of that kernel's modules, with --this-host [of its release, in /lib/modules]." };
            Option<string?> which = new("--paths") { HelpName = "PATHS", Description = $"Which, with --this-host, with blanks between [{string.Join(' ', HostPath.All.Select(path => path.Label))}]." };
            Option<string?> loads = new("--loads")
            {
                HelpName = "LOADS",
                Description = "What goes on beside, with --this-host: words 0 or GUESTSxCALLS-A-SECOND, as in \"0 3x1000\", each measured; such guests are threads of hoststub, on any CPU but the VM's [0].",
            };
            Option<string?> guest = new("--guest") { HelpName = "PATH", Description = "The guestprobe ELF, with --this-host [beside hoststub, or published in this checkout]." };
            Option<string?> bursts = new("--bursts") { HelpName = "N", Description = $"Bursts for a figure, with --this-host, 1 to {MaxBursts} [{DefaultBursts}]." };
            Option<bool> json = new("--json") { Description = "Report in JSON, one object a line; the last is the summary." };
            ReportSymbols report = new();
            Command paths = new("paths", "From a burst in a VM, marked by guestprobe bench-bursts there, to the fastest P-state of its pCPU, by each way it asks; as root, until Ctrl-C.")
            {
                cpu, baseline, thisHost, qemu, kernel, modules, guest, bursts, which, loads, json,
            };
            report.AddTo(paths);
            paths.SetAction(parsed =>
            {
                bool makes = parsed.GetValue(thisHost);
                if (!makes && new[] { qemu, kernel, modules, guest, bursts, which, loads }.FirstOrDefault(option => parsed.GetValue(option) is not null) is Option<string?> given)
                {
                    throw new UsageException($"{given.Name} needs --this-host: another VM is whoever's runs it.");
                }

                ThisHostOptions? made = makes ? new ThisHostOptions(
                    parsed.GetValue(qemu) ?? "qemu-system-x86_64",
                    parsed.GetValue(kernel),
                    parsed.GetValue(guest) ?? GuestImage.Probe(),
                    OptionValues.Integer(bursts, parsed.GetValue(bursts), 1, MaxBursts) ?? DefaultBursts)
                {
                    Modules = parsed.GetValue(modules),
                    Paths = parsed.GetValue(which) is string labels ? HostPath.Read(which.Name, labels) : HostPath.All,
                    Loads = parsed.GetValue(loads) is string words ? PathLoad.Read(loads.Name, words) : [PathLoad.None],
                } : null;
                return (int)bench(new BenchOptions(BenchKind.Paths, "", 0, OptionValues.Integer(cpu, parsed.GetValue(cpu), 0, Native.cpu_set_t.CPU_SETSIZE - 1))
                {
                    Json = parsed.GetValue(json),
                    Report = report.Read(parsed),
                    Baseline = parsed.GetValue(baseline),
                    ThisHost = made,
                });
            });
            command.Subcommands.Add(paths);
        }
    }
}
