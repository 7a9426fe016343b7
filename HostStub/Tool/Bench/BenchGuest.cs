using System.Globalization;
using PollScale.Clock;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Vm;

namespace PollScale.HostStub.Bench;

/// <summary>Runs the guestprobe ELF in one of its measuring modes, in a micro-VM or as a plain process, and reads its key=value line.</summary>
internal sealed class BenchGuest(MicroVmFactory factory, string elf, int cpu, int housekeepingCpu)
{
    private const int Unthrottled = 1_000_000;
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    /// <summary>Runs it in a micro-VM.</summary>
    /// <returns>The values it printed, by name; "boot_ms" is added: from the VM's creation to Main.</returns>
    /// <exception cref="GuestSetupException">The guest failed.</exception>
    public IReadOnlyDictionary<string, double> RunInVm(params string[] arguments)
    {
        double tscHz = TscClock.FrequencyKHz * 1000.0;
        using SimulatedBackend backend = new(PStateFile.Default(), tscHz, TscClock.Now);
        using HostFrequency host = OneGuest.Start(OneGuest.Guest with { CallsPerSecond = Unthrottled, Burst = Unthrottled }, backend, tscHz, TscClock.Now);
        using IGuest guest = factory.Create(new GuestConfig
        {
            Elf = elf,
            Arguments = arguments,
            Service = host.ServiceFor(OneGuest.Name, FrequencyPolicy.LcoreVcpu),
            AttachStatus = backend.Attach,
            RegionAddress = 0,
            RegionSize = 0,
            RegionFd = -1,
            Cpu = cpu,
            HousekeepingCpu = housekeepingCpu,
        });
        guest.Start();
        if (!guest.Wait(s_limit))
        {
            guest.Stop($"It did not end within {s_limit.TotalSeconds} s.");
            guest.Wait(s_limit);
        }

        GuestOutcome outcome = guest.Outcome!;
        if (outcome is not { End: GuestEnd.Exited, ExitCode: 0 })
        {
            throw new GuestSetupException($"The guest failed: {outcome.Cause}\n{outcome.Report}{outcome.Output}");
        }

        Dictionary<string, double> values = Parse(outcome.Output);
        if (values.TryGetValue("main_tsc", out double mainTsc))
        {
            values["boot_ms"] = (mainTsc - guest.CreatedTsc) * 1000 / tscHz;
        }

        return values;
    }

    /// <summary>Runs it as a process of this host, on the same CPU.</summary>
    public IReadOnlyDictionary<string, double> RunOnHost(params string[] arguments) =>
        Parse(ToolProcess.Run("taskset", ["-c", cpu.ToString(CultureInfo.InvariantCulture), elf, .. arguments], s_limit));

    private static Dictionary<string, double> Parse(string output)
    {
        Dictionary<string, double> values = [];
        foreach (string word in output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && double.TryParse(word.AsSpan(equals + 1), CultureInfo.InvariantCulture, out double value))
            {
                values[word[..equals]] = value;
            }
        }

        return values;
    }
}
