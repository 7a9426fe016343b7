using System.CommandLine;
using System.Net;
using PollScale.HostStub.Frequencies;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Operate.Protocol;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.PolicyFile;
using PollScale.HostStub.Serve;
using PollScale.HostStub.Serve.Metering;
using PollScale.HostStub.Serve.Operators;
using PollScale.Programs;

namespace PollScale.HostStub.Cli;

/// <summary>Turns the parsed options of serve into <see cref="ServeOptions"/>, or into a complaint.</summary>
internal sealed class ServeReader(ServeSymbols symbols, ParseResult parsed) : OptionValues(parsed)
{
    /// <summary>Reads and checks every option, and the policy file.</summary>
    /// <exception cref="UsageException">An option or the file is not valid, or two options contradict each other.</exception>
    public ServeOptions Read()
    {
        string[] channels = Parsed.GetValue(symbols.Channels) ?? [];
        FrequencyChoice frequency = ReadChoice(symbols.Frequency, FrequencyChoice.Simulated);
        CheckTogether(channels.Length > 0, frequency);
        return new ServeOptions
        {
            HostPolicy = Parsed.GetValue(symbols.Check) ? null : ReadHostPolicy(frequency),
            CheckPolicy = Parsed.GetValue(symbols.Check) ? Get(symbols.Policy) ?? throw new UsageException("--check needs --policy FILE.") : null,
            Audit = Get(symbols.Audit),
            AuditLimits = symbols.AuditLimits.Read(Parsed, Get(symbols.Audit) is not null),
            Frequency = frequency,
            CpufreqRoot = Get(symbols.CpufreqRoot),
            LeaseFolder = Get(symbols.LeaseFolder),
            Channels = [.. channels.Select(ReadChannel)],
            PStates = ReadPStateFile(symbols.PStates) ?? PStateFile.Default(),
            Guest = ReadBudget() with { Control = !Parsed.GetValue(symbols.Deny), Queries = Parsed.GetValue(symbols.Queries) },
            Control = ReadControl(),
            Json = Parsed.GetValue(symbols.Json),
            Interval = ReadInterval(),
            Metrics = ReadMetrics(),
        };
    }

    private void CheckTogether(bool hasChannels, FrequencyChoice frequency)
    {
        if (Get(symbols.Policy) is null == !hasChannels)
        {
            throw new UsageException(hasChannels
                ? "--policy and --channel exclude each other: the policy file names the channels (guests[].vcpus[].channel)."
                : "Say what to serve: --policy FILE, or for a trial --channel NAME:VCPU:KIND:PATH.");
        }

        (Option Option, bool IsGiven)[] ofChannels = [(symbols.Budget, Get(symbols.Budget) is not null), (symbols.Deny, Parsed.GetValue(symbols.Deny)), (symbols.Queries, Parsed.GetValue(symbols.Queries))];
        (Option Option, bool IsGiven)[] ofPolicies = [(symbols.Audit, Get(symbols.Audit) is not null), (symbols.Frequency, frequency != FrequencyChoice.Simulated)];
        if ((hasChannels ? ofPolicies : ofChannels).FirstOrDefault(pair => pair.IsGiven).Option is Option wrong)
        {
            throw new UsageException(hasChannels
                ? $"{wrong.Name} needs --policy FILE: only there is a guest granted control, and its decisions recorded."
                : $"{wrong.Name} and --policy exclude each other: the policy file says it (budget, control, queries).");
        }

        CheckCpufreqFolders(frequency != FrequencyChoice.Simulated, symbols.CpufreqRoot, symbols.LeaseFolder);

        if (frequency == FrequencyChoice.Cpufreq && Get(symbols.PStates) is not null)
        {
            throw new UsageException("--pstates describes simulated cores; with --frequency cpufreq the kernel tells the P-states. Leave one of the two out.");
        }
    }

    private ControlOptions? ReadControl()
    {
        string? path = Get(symbols.Control), group = Get(symbols.ControlGroup);
        if (path is "off")
        {
            return group is null ? null : throw new UsageException("--control-group needs a control socket: leave --control off out.");
        }

        uint? number = group is null ? null : ControlPath.Group(group) ?? throw Complain(symbols.ControlGroup, group, "a group of this machine, by its name in /etc/group or its number");
        return path is "" ? throw Complain(symbols.Control, path, "the path of a unix socket, or off") : new ControlOptions(path, number);
    }

    private TimeSpan? ReadInterval()
    {
        if (Get(symbols.Interval) is not string text)
        {
            return null;
        }

        return !Parsed.GetValue(symbols.Json) ? throw new UsageException("--interval needs --json.")
            : ValueText.Duration(text, zero: false, out TimeSpan interval) is null && interval >= TimeSpan.FromMilliseconds(100) && interval <= TimeSpan.FromHours(1) ? interval
            : throw Complain(symbols.Interval, text, "a time such as 500ms, 10s or 1m (100ms to 1h)");
    }

    private MetricsOptions ReadMetrics()
    {
        IPEndPoint? listen = null;
        Uri? collector = null;
        return Get(symbols.Metrics) is string place && !MetricsChoice.TryListen(place, out listen) ? throw Complain(symbols.Metrics, place, MetricsChoice.ListenForm)
            : Get(symbols.Otlp) is string url && !MetricsChoice.TryCollector(url, out collector) ? throw Complain(symbols.Otlp, url, MetricsChoice.CollectorForm)
            : new MetricsOptions { Listen = listen, Sends = collector is not null, Collector = collector };
    }

    private HostPolicy? ReadHostPolicy(FrequencyChoice frequency)
    {
        try
        {
            return Get(symbols.Policy) is string path ? PolicyReader.Load(path, PolicyTrust.For(frequency)) : null;
        }
        catch (PolicyException e)
        {
            throw new UsageException(e.Message, e);
        }
    }

    private ChannelSpec ReadChannel(string text) => ChannelSpec.Read(text, out ChannelSpec? spec) is string expected
        ? throw Complain(symbols.Channels, text, expected)
        : spec!;

    private GuestPolicy ReadBudget() => Get(symbols.Budget) is not string text ? OneGuest.Guest
        : ValueText.Budget(text, out int rate, out int burst) is string expected ? throw Complain(symbols.Budget, text, expected)
        : OneGuest.Guest with { CallsPerSecond = rate, Burst = burst };

}
