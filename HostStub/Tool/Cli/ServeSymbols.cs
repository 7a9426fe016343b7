using System.CommandLine;

namespace PollScale.HostStub.Cli;

/// <summary>The options of serve; <see cref="ServeReader"/> checks them.</summary>
internal sealed class ServeSymbols
{
    public Option<string?> Policy { get; } = Text("--policy", "FILE", "Policy file, YAML: guests, their channels and what they may do; read again on SIGHUP.");

    public Option<string?> Audit { get; } = Text("--audit", "FILE", "Append every decision to this file, JSON, one object a line; opened anew on SIGHUP.");

    public AuditSymbols AuditLimits { get; } = new();

    public Option<string?> Frequency { get; } = Text("--frequency", "BACKEND", "What sets the frequency: simulated, cpufreq (this machine's clock) or auto (cpufreq where it works) [simulated].");

    public Option<string?> CpufreqRoot { get; } = Text("--cpufreq-root", "DIR", "Folder that holds cpufreq, such as a container's mount of the host's [/sys/devices/system/cpu].");

    public Option<string?> LeaseFolder { get; } = Text("--lease-dir", "DIR", "Folder for the notes of what to restore [/run/pollscale, or $XDG_RUNTIME_DIR/pollscale].");

    public Option<string[]> Channels { get; } = new("--channel") { HelpName = "NAME:VCPU:KIND:PATH", Description = "Instead of a policy file, for a trial: a guest's vCPU and its channel; repeatable. KIND: connect, listen, device or pty." };

    public Option<string?> PStates { get; } = Text("--pstates", "FILE", "P-states and power model of each simulated pCPU, JSON [a synthetic server core].");

    public Option<string?> Budget { get; } = Text("--budget", "RATE[/BURST]", "Calls a second of each --channel, and at once [20000/200].");

    public Option<bool> Deny { get; } = new("--deny") { Description = "Refuse every change over each --channel." };

    public Option<bool> Queries { get; } = new("--allow-queries") { Description = "Let guests ask for the frequencies and capabilities of their vCPUs, over each --channel." };

    public Option<string?> Control { get; } = Text("--control", "PATH", "Unix socket for hoststub status, top and set, in a folder that only root and this user may write; off for none [/run/pollscale/control.sock, or $XDG_RUNTIME_DIR/pollscale/control.sock].");

    public Option<string?> ControlGroup { get; } = Text("--control-group", "GROUP", "Group that may use that socket beside root and this user, by name or number [that of its folder].");

    public Option<bool> Json { get; } = new("--json") { Description = "Report in JSON, one object a line; the last is the summary." };

    public Option<string?> Interval { get; } = Text("--interval", "TIME", "Shortest time between two samples of --json, 100ms to 1h; without a change none is written [1s].");

    public Option<string?> Metrics { get; } = Text("--metrics", "ADDRESS:PORT", "Serve metrics to Prometheus there, such as at 127.0.0.1:9464, under /metrics [no metrics].");

    public Option<string?> Otlp { get; } = Text("--otlp", "URL", "Send metrics to an OpenTelemetry collector, such as http://localhost:4318 [OTEL_EXPORTER_OTLP_ENDPOINT, or none].");

    public Option<bool> Check { get; } = new("--check") { Description = "Only check --policy FILE: every mistake, and what this machine lacks. Takes nothing over, needs no root. Status 0, 1 (the file) or 2 (the machine)." };

    /// <summary>Adds all of them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[Policy, Audit, Frequency, CpufreqRoot, LeaseFolder, Channels, PStates, Budget, Deny, Queries, Control, ControlGroup, Json, Interval, Metrics, Otlp, Check])
        {
            command.Options.Add(option);
        }

        AuditLimits.AddTo(command);
    }

    private static Option<string?> Text(string name, string value, string description) => new(name) { HelpName = value, Description = description };
}
