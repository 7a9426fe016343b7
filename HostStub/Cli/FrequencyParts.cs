using PollScale.Clock;
using PollScale.Cpufreq;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Frequency.Cpufreq;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Policy;

namespace PollScale.HostStub.Cli;

/// <summary>What sets the frequency of a run, and the service in front of it.</summary>
internal sealed class FrequencyParts : IDisposable
{
    private readonly CpufreqBackend? _real;
    private readonly Action<string> _note;

    private FrequencyParts(IFrequencyBackend backend, string tableName, PolicyOptions policy, double tscHz, Action<string> note)
    {
        Backend = backend;
        Energy = (IEnergySource)backend;
        TableName = tableName;
        _real = backend as CpufreqBackend;
        _note = note;
        if (policy.Check(backend.PStates.Count) is string complaint)
        {
            throw new GuestSetupException($"{complaint} Check --fastest and --slowest: this table is {tableName}.");
        }

        // The administrator's bounds hold for a guest too.
        policy = policy with
        {
            Fastest = Math.Max(policy.Fastest, backend.PStates.FastestAllowed),
            Slowest = Math.Min(policy.Slowest ?? backend.PStates.SlowestAllowed, backend.PStates.SlowestAllowed),
        };
        if (policy.Fastest > policy.Slowest)
        {
            throw new GuestSetupException(
                $"--fastest and --slowest leave no P-state: scaling_min_freq and scaling_max_freq allow {backend.PStates.FastestAllowed} to {backend.PStates.SlowestAllowed} of {tableName}.");
        }

        try
        {
            Service = new FrequencyService(policy, backend, tscHz, TscClock.Now);
        }
        catch (InvalidOperationException e)
        {
            throw new GuestSetupException($"{e.Message} {string.Join(' ', _real?.Findings() ?? [])}".TrimEnd(), e);
        }
    }

    public IFrequencyBackend Backend { get; }

    public IEnergySource Energy { get; }

    public FrequencyService Service { get; }

    /// <summary>Name of the P-state table.</summary>
    public string TableName { get; }

    /// <summary>Opens what the options ask for.</summary>
    /// <param name="options">The run.</param>
    /// <param name="cpu">pCPU of the guest.</param>
    /// <param name="tscHz">TSC ticks a second.</param>
    /// <param name="note">Takes what the user should know.</param>
    /// <exception cref="GuestSetupException">The frequency cannot be controlled as asked.</exception>
    public static FrequencyParts Make(RunOptions options, int cpu, double tscHz, Action<string> note)
    {
        if (options.Frequency == FrequencyChoice.Simulated)
        {
            return Simulated();
        }

        if (!options.AllowFrequencyControl)
        {
            const string Grant = "the real frequency is changed only with --allow-frequency-control";
            if (options.Frequency == FrequencyChoice.Cpufreq)
            {
                throw new GuestSetupException($"--frequency cpufreq: {Grant}.");
            }

            note($"P-states are emulated: {Grant}.");
            return Simulated();
        }

        try
        {
            return Real();
        }
        catch (CpufreqException e) when (options.Frequency == FrequencyChoice.Auto)
        {
            note($"P-states are emulated: {e.Message}");
            return Simulated();
        }
        catch (CpufreqException e)
        {
            throw new GuestSetupException($"--frequency cpufreq cannot be used here: {e.Message}", e);
        }

        FrequencyParts Simulated() => new(
            new SimulatedBackend(options.PStates, tscHz, TscClock.Now, options.Policy.Fastest < options.PStates.PStates.Count ? options.Policy.Fastest : 0), options.PStates.Name, options.Policy, tscHz, note);

        FrequencyParts Real()
        {
            CpufreqScaler scaler = CpufreqScaler.Open(new CpufreqOptions
            {
                Root = options.CpufreqRoot ?? CpufreqTree.DefaultRoot,
                Cpu = cpu,
                LeaseFolder = options.LeaseFolder,
                RestoreOnSignals = false, // Ctrl-C and SIGTERM end a run in order, which disposes all
            });
            CpufreqBackend backend = new(scaler, tscHz, TscClock.Now);
            try
            {
                string method = scaler.Plan.Method == CpufreqMethod.SetSpeed ? "scaling_setspeed" : "bounds";
                foreach (string line in scaler.Notes)
                {
                    note(line);
                }

                return new FrequencyParts(backend, $"{scaler.Policy.DriverName}, {method}", options.Policy, tscHz, note);
            }
            catch
            {
                backend.Dispose();
                throw;
            }
        }
    }

    /// <summary>Restores the machine's settings, and says what did not go well.</summary>
    public void Dispose()
    {
        Backend.Dispose();
        foreach (string line in _real?.Findings() ?? [])
        {
            _note(line);
        }
    }
}
