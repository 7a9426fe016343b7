using System.CommandLine;

namespace PollScale.HostStub.Cli;

/// <summary>The options of doctor. All take text: <see cref="DoctorReader"/> checks it and says what would be right.</summary>
internal sealed class DoctorSymbols
{
    public Option<string?> For { get; } = Text("--for", "USE", "What the exit code is about: run, serve, or guest (an application with the Sdk here) [run].");

    public Option<string?> Cpu { get; } = Text("--cpu", "N", "pCPU meant for the lcore [the last allowed].");

    public Option<string?> LeaseFolder { get; } = Text("--lease-dir", "PATH", "Folder of cpufreq lease files [/run/pollscale, or that of the user].");

    public Option<string?> Policy { get; } = Text("--policy", "FILE", "Policy file to check, as hoststub serve would take it.");

    public Option<string?> CpufreqRoot { get; } = Text("--cpufreq-root", "DIR", "Folder that holds cpufreq, such as a container's mount of the host's [/sys/devices/system/cpu].");

    public Option<string?> Ring { get; } = Text("--ring", "N", "Loss certificate: descriptors of the rx ring, a power of two, 32 to 16384.");

    public Option<string?> LineRate { get; } = Text("--line-rate", "RATE", "Loss certificate: highest arrival rate, e.g. 3Mpps.");

    public Option<string?> Cycles { get; } = Text("--cycles", "N", "Loss certificate: most core cycles a packet takes, 0 to 1000000 [700].");

    public Option<string?> Memory { get; } = Text("--memory", "TIME", "Loss certificate: time a packet takes at any frequency, 0 to 1ms, a number alone in ns [60ns].");

    public Option<string?> DelayBound { get; } = Text("--delay-bound", "TIME", "Loss certificate: longest time a packet may wait, 50us to 100ms, or auto: where a shorter one begins to cost much energy [auto].");

    public Option<bool> Json { get; } = new("--json") { Description = "Report in JSON: one object, the summary; docs/json.md has its fields." };

    /// <summary>Adds all of them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[For, Cpu, LeaseFolder, Policy, CpufreqRoot, Ring, LineRate, Cycles, Memory, DelayBound, Json])
        {
            command.Options.Add(option);
        }
    }

    private static Option<string?> Text(string name, string value, string description) => new(name) { HelpName = value, Description = description };
}
