using Microsoft.Extensions.Logging;
using PollScale.Clock;
using PollScale.Cpufreq;
using PollScale.HostStub.Frequencies;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Frequency.Cpufreq;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Report;

namespace PollScale.HostStub.Run;

/// <summary>What sets the frequency of a run.</summary>
internal sealed class FrequencyParts : IDisposable
{
    private readonly CpufreqBackend? _real;
    private readonly ILogger _log;

    private FrequencyParts(IFrequencyBackend backend, string tableName, ILogger log)
    {
        Backend = backend;
        Energy = (IEnergySource)backend;
        TableName = tableName;
        _real = backend as CpufreqBackend;
        _log = log;
    }

    public IFrequencyBackend Backend { get; }

    public IEnergySource Energy { get; }

    /// <summary>Name of the P-state table.</summary>
    public string TableName { get; }

    /// <summary>Why this machine's real clock is not changed, though the run asks for it: its policy does not grant that. Null where it does.</summary>
    public static string? WhyNotReal(RunOptions options) => options.HostPolicy.Find(options.As) is GuestPolicy guest && options.HostPolicy.Grants(guest, emulated: false) ? null
        : "--frequency cpufreq lets the guest change this machine's real clock: " + (options.PolicyFile is string file
            ? $"the policy file {SafeText.Line(file)} does not give {SafeText.Line(options.As)} control. Set control: true there."
            : "say that it may with --allow-frequency-control.");

    /// <summary>Opens what the options ask for.</summary>
    /// <param name="options">The run.</param>
    /// <param name="cpu">pCPU of the guest.</param>
    /// <param name="tscHz">TSC ticks a second.</param>
    /// <param name="log">Told what the user should know.</param>
    /// <exception cref="GuestSetupException">The frequency cannot be controlled as asked.</exception>
    public static FrequencyParts Make(RunOptions options, int cpu, double tscHz, ILogger log)
    {
        if (options.Frequency == FrequencyChoice.Simulated)
        {
            return Simulated();
        }

        if (WhyNotReal(options) is string why)
        {
            if (options.Frequency == FrequencyChoice.Cpufreq)
            {
                throw new GuestSetupException(why);
            }

            CpufreqEvents.PStatesEmulated(log, why);
            return Simulated();
        }

        try
        {
            return Real();
        }
        catch (CpufreqException e) when (options.Frequency == FrequencyChoice.Auto)
        {
            CpufreqEvents.PStatesEmulated(log, e.Message);
            return Simulated();
        }
        catch (CpufreqException e)
        {
            throw new GuestSetupException($"--frequency cpufreq cannot be used here: {e.Message}", e);
        }

        FrequencyParts Simulated()
        {
            int first = options.HostPolicy.Find(options.As)?.Fastest.NoFasterIn(options.PStates.ToTable()) ?? 0;
            return new FrequencyParts(new SimulatedBackend(options.PStates, tscHz, TscClock.Now, first), options.PStates.Name, log);
        }

        FrequencyParts Real()
        {
            CpufreqBackend backend = CpufreqBackend.Open(
                new CpufreqOptions { Root = options.CpufreqRoot ?? CpufreqTree.DefaultRoot, Cpu = cpu, LeaseFolder = options.LeaseFolder }, tscHz, TscClock.Now, log);
            return new FrequencyParts(backend, backend.Means, log);
        }
    }

    /// <summary>Restores the machine's settings, and says what did not go well.</summary>
    public void Dispose()
    {
        Backend.Dispose();
        foreach (string line in _real?.Findings() ?? [])
        {
            CpufreqEvents.FrequencyFound(_log, line);
        }
    }
}
