using System.CommandLine;
using PollScale.HostStub.Frequencies;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Guests;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.PolicyFile;
using PollScale.HostStub.Report;
using PollScale.Programs;

namespace PollScale.HostStub.Cli;

/// <summary>Turns the parsed options of guest into <see cref="GuestOptions"/>, or into a complaint.</summary>
internal sealed class GuestOptionsReader(GuestSymbols symbols, ParseResult parsed) : OptionValues(parsed)
{
    // Guests named in a complaint.
    private const int Named = 8;

    /// <summary>Reads and checks every option, and the policy file.</summary>
    /// <exception cref="UsageException">An option or the file is not valid, or the file has no such guest.</exception>
    public GuestOptions Read()
    {
        FrequencyChoice frequency = ReadChoice(symbols.Frequency, FrequencyChoice.Simulated);
        VmManager? manager = Get(symbols.For) is null ? null : ReadChoice(symbols.For, VmManager.Qemu);
        string? table = ReadTable();
        if (manager is null && table is null)
        {
            throw new UsageException("Say what to do: --for qemu or --for libvirt tells what to add to the VM, --acpi-table FILE writes its ACPI table; both go together.");
        }

        if (table is null && (frequency != FrequencyChoice.Simulated || Get(symbols.PStates) is not null))
        {
            throw new UsageException($"{(frequency != FrequencyChoice.Simulated ? symbols.Frequency.Name : symbols.PStates.Name)} needs --acpi-table FILE: it says whose P-states the table has.");
        }

        CheckCpufreqFolders(frequency != FrequencyChoice.Simulated, symbols.CpufreqRoot);
        if (frequency == FrequencyChoice.Cpufreq && Get(symbols.PStates) is not null)
        {
            throw new UsageException("--pstates describes simulated cores; with --frequency cpufreq the kernel tells the P-states. Leave one of the two out.");
        }

        HostPolicy policy = ReadPolicy(frequency);
        return new GuestOptions
        {
            Policy = policy,
            Guest = Find(policy, Parsed.GetValue(symbols.Name)!),
            For = manager,
            AcpiTable = table,
            Frequency = frequency,
            CpufreqRoot = Get(symbols.CpufreqRoot),
            PStates = ReadPStateFile(symbols.PStates) ?? PStateFile.Default(),
            Json = Parsed.GetValue(symbols.Json),
        };
    }

    // QEMU takes a colon for the end of a file's name.
    private string? ReadTable() => Get(symbols.AcpiTable) switch
    {
        null => null,
        string file when file.Length > 0 && !Path.GetFullPath(file).Contains(':', StringComparison.Ordinal) && !file.Any(char.IsControl) => file,
        string file => throw Complain(symbols.AcpiTable, file, "the path of a file to write, without colons, at which QEMU's -acpitable divides names"),
    };

    private HostPolicy ReadPolicy(FrequencyChoice frequency)
    {
        try
        {
            return PolicyReader.Load(Get(symbols.Policy) ?? throw new UsageException("guest needs --policy FILE: it says which channels the guest has."), PolicyTrust.For(frequency));
        }
        catch (PolicyException e)
        {
            throw new UsageException(e.Message, e);
        }
    }

    private static GuestPolicy Find(HostPolicy policy, string name)
    {
        if (policy.Find(name) is GuestPolicy guest)
        {
            return guest;
        }

        string[] names = [.. policy.Guests.Take(Named).Select(known => known.Name)];
        string known = names.Length == 0 ? "it has none" : $"it has {string.Join(", ", names)}{(policy.Guests.Count > Named ? $" and {policy.Guests.Count - Named} more" : "")}";
        throw new UsageException(SafeText.Line($"{policy.Origin} has no guest {name}; {known}."));
    }
}
