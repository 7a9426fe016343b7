using System.CommandLine;
using PollScale.HostStub.Frequencies;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.PolicyFile;
using PollScale.HostStub.Report;
using PollScale.HostStub.Serve;
using PollScale.Programs;

namespace PollScale.HostStub.Cli;

/// <summary>Turns the parsed options of serve into <see cref="ServeOptions"/>, or into a complaint.</summary>
internal sealed class ServeReader(ServeSymbols symbols, ParseResult parsed)
{
    /// <summary>Reads and checks every option, and the policy file.</summary>
    /// <exception cref="UsageException">An option or the file is not valid, or two options contradict each other.</exception>
    public ServeOptions Read()
    {
        string[] channels = parsed.GetValue(symbols.Channels) ?? [];
        FrequencyChoice frequency = ReadFrequency();
        CheckTogether(channels.Length > 0, frequency);
        return new ServeOptions
        {
            HostPolicy = parsed.GetValue(symbols.Check) ? null : ReadHostPolicy(frequency),
            CheckPolicy = parsed.GetValue(symbols.Check) ? Get(symbols.Policy) ?? throw new UsageException("--check needs --policy FILE.") : null,
            Audit = Get(symbols.Audit),
            AuditLimits = symbols.AuditLimits.Read(parsed, Get(symbols.Audit) is not null),
            Frequency = frequency,
            CpufreqRoot = Get(symbols.CpufreqRoot),
            LeaseFolder = Get(symbols.LeaseFolder),
            Channels = [.. channels.Select(ReadChannel)],
            PStates = ReadPStates(),
            Guest = ReadBudget() with { Control = !parsed.GetValue(symbols.Deny), Queries = parsed.GetValue(symbols.Queries) },
            Json = parsed.GetValue(symbols.Json),
            Interval = ReadInterval(),
        };
    }

    private string? Get(Option<string?> option) => parsed.GetValue(option);

    private void CheckTogether(bool hasChannels, FrequencyChoice frequency)
    {
        if (Get(symbols.Policy) is null == !hasChannels)
        {
            throw new UsageException(hasChannels
                ? "--policy and --channel exclude each other: the policy file names the channels (guests[].vcpus[].channel)."
                : "Say what to serve: --policy FILE, or for a trial --channel NAME:VCPU:KIND:PATH.");
        }

        (Option Option, bool IsGiven)[] ofChannels = [(symbols.Budget, Get(symbols.Budget) is not null), (symbols.Deny, parsed.GetValue(symbols.Deny)), (symbols.Queries, parsed.GetValue(symbols.Queries))];
        (Option Option, bool IsGiven)[] ofPolicies = [(symbols.Audit, Get(symbols.Audit) is not null), (symbols.Frequency, frequency != FrequencyChoice.Simulated)];
        if ((hasChannels ? ofPolicies : ofChannels).FirstOrDefault(pair => pair.IsGiven).Option is Option wrong)
        {
            throw new UsageException(hasChannels
                ? $"{wrong.Name} needs --policy FILE: only there is a guest granted control, and its decisions recorded."
                : $"{wrong.Name} and --policy exclude each other: the policy file says it (budget, control, queries).");
        }

        bool real = frequency != FrequencyChoice.Simulated;
        foreach (Option<string?> option in (Option<string?>[])[symbols.CpufreqRoot, symbols.LeaseFolder])
        {
            if (Get(option) is string folder && (!real || folder.Length == 0))
            {
                throw new UsageException(real ? $"{option.Name} takes the path of a folder." : $"{option.Name} needs --frequency cpufreq or auto.");
            }
        }

        if (frequency == FrequencyChoice.Cpufreq && Get(symbols.PStates) is not null)
        {
            throw new UsageException("--pstates describes simulated cores; with --frequency cpufreq the kernel tells the P-states. Leave one of the two out.");
        }
    }

    private TimeSpan? ReadInterval()
    {
        if (Get(symbols.Interval) is not string text)
        {
            return null;
        }

        return !parsed.GetValue(symbols.Json) ? throw new UsageException("--interval needs --json.")
            : ValueText.Duration(text, zero: false, out TimeSpan interval) is null && interval >= TimeSpan.FromMilliseconds(100) && interval <= TimeSpan.FromHours(1) ? interval
            : throw Complain(symbols.Interval, text, "a time such as 500ms, 10s or 1m (100ms to 1h)");
    }

    private FrequencyChoice ReadFrequency() => Get(symbols.Frequency) is not string text ? FrequencyChoice.Simulated
        : ValueText.Choice(text, out FrequencyChoice choice) is string expected ? throw Complain(symbols.Frequency, text, expected) : choice;

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

    private PStateModel ReadPStates()
    {
        try
        {
            return Get(symbols.PStates) is string path ? PStateFile.Load(path) : PStateFile.Default();
        }
        catch (PStateFileException e)
        {
            throw new UsageException(SafeText.Line(e.Message), e);
        }
    }

    private static UsageException Complain(Option option, string text, string expected) =>
        new($"{option.Name} takes {expected}, not '{SafeText.Line(text)}'.");
}
