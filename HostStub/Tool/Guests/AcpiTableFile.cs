using Microsoft.Extensions.Logging.Abstractions;
using PollScale.Clock;
using PollScale.Cpufreq;
using PollScale.HostStub.Channels.Acpi;
using PollScale.HostStub.Channels.Acpi.Tables;
using PollScale.HostStub.Frequencies;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Frequency.Cpufreq;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.Hypercall;
using PollScale.Programs;

namespace PollScale.HostStub.Guests;

/// <summary>A guest's ACPI table, with the P-states that the policy leaves it on this machine. Looks at files only, takes nothing over.</summary>
internal static class AcpiTableFile
{
    // Linux's acpi-cpufreq refuses a table of one.
    private const int LeastPStates = 2;

    /// <summary>vCPUs of a guest that ask through a debug port.</summary>
    public static IReadOnlyList<VcpuPolicy> Vcpus(GuestPolicy guest) => [.. guest.Vcpus.Where(vcpu => vcpu.Channel is { Mode: ChannelMode.Debugcon }).OrderBy(vcpu => vcpu.Vcpu)];

    /// <summary>Works out the P-states of a guest's vCPUs.</summary>
    /// <exception cref="UsageException">The policy does not fit, or leaves a vCPU too few.</exception>
    /// <exception cref="HostUnusableException">A pCPU cannot be looked at.</exception>
    public static IReadOnlyList<(int Vcpu, PStateTable Table)> PStates(GuestOptions options)
    {
        HashSet<int> asking = [.. Vcpus(options.Guest).Select(vcpu => vcpu.Vcpu)];
        PolicyPlan plan = Plan(options, options.Guest with { Vcpus = Vcpus(options.Guest) });
        if (plan.Absent.Count > 0)
        {
            throw new HostUnusableException(string.Join('\n', plan.Absent.Select(plan.Describe)));
        }

        foreach ((GuestPolicy guest, VcpuPolicy vcpu, PStateTable table) in plan.Vcpus)
        {
            if (GuestPStates.Shown(table).Count < LeastPStates)
            {
                throw new UsageException(new PolicyException(options.Policy.Origin,
                    [new PolicyError(vcpu.At, $"guest {guest.Name}: pCPU {vcpu.Pcpu} leaves vCPU {vcpu.Vcpu} one P-state, and Linux's acpi-cpufreq needs {LeastPStates}: widen fastest and slowest, or leave out its channel")]).Message);
            }
        }

        return [.. plan.Vcpus.Where(planned => asking.Contains(planned.Vcpu.Vcpu)).Select(planned => (planned.Vcpu.Vcpu, planned.Table))];
    }

    /// <summary>Writes the table; a VM that starts at the moment finds the former one or this.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string path, IReadOnlyList<(int Vcpu, PStateTable Table)> vcpus)
    {
        string beside = $"{path}.{Environment.ProcessId}.new";
        try
        {
            using (FileStream file = new(beside, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(GuestPStates.Ssdt(vcpus));
            }

            File.Move(beside, path, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    /// <summary>What it holds, for the report.</summary>
    public static IReadOnlyList<AcpiVcpu> Describe(IReadOnlyList<(int Vcpu, PStateTable Table)> vcpus) =>
        [.. vcpus.Select(pair => new AcpiVcpu(pair.Vcpu, ControlByte.Port(pair.Vcpu), [.. GuestPStates.Shown(pair.Table).Select(i => pair.Table[i])]))];

    /// <summary>True where it has the P-states of this machine's clock.</summary>
    public static bool IsReal(GuestOptions options) => options.Frequency == FrequencyChoice.Cpufreq
        || (options.Frequency == FrequencyChoice.Auto && new CpufreqTree(options.CpufreqRoot ?? CpufreqTree.DefaultRoot).PolicyNumbers().Count > 0);

    private static PolicyPlan Plan(GuestOptions options, GuestPolicy guest)
    {
        double tscHz = TscClock.FrequencyKHz * 1000.0;
        bool real = IsReal(options);
        CpufreqHost cpufreq = new(options.CpufreqRoot, null, tscHz, () => TscClock.Now, NullLogger.Instance);
        HostPolicy policy = options.Policy with { Guests = [guest], Pcpus = [] };
        try
        {
            PcpuOpener opener = new(new HostFrequencyOptions
            {
                Open = pCpu => real ? cpufreq.View(pCpu) : new SimulatedBackend(options.PStates, tscHz, TscClock.Now),
                SiblingsOf = new SmtSiblings(options.CpufreqRoot ?? CpufreqTree.DefaultRoot).Of,
                TscHz = tscHz,
            });
            PolicyPlan plan = PolicyPlan.Make(policy, opener.Open(policy, new Dictionary<int, OpenedPcpu>()), null);
            foreach (IFrequencyBackend backend in plan.Backends.Values)
            {
                backend.Dispose();
            }

            return plan;
        }
        catch (PolicyException e)
        {
            throw new UsageException(e.Message, e);
        }
    }
}
