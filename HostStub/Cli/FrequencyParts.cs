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

    private FrequencyParts(IFrequencyBackend backend, string tableName, Action<string> note)
    {
        Backend = backend;
        Energy = (IEnergySource)backend;
        TableName = tableName;
        _real = backend as CpufreqBackend;
        _note = note;
    }

    public IFrequencyBackend Backend { get; }

    public IEnergySource Energy { get; }

    /// <summary>Name of the P-state table.</summary>
    public string TableName { get; }

    /// <summary>The service of a run without a policy file.</summary>
    /// <param name="policy">What the guest may do; the user allowed it to do so.</param>
    /// <param name="tscHz">TSC ticks a second.</param>
    /// <exception cref="GuestSetupException">The policy does not fit the P-states.</exception>
    public FrequencyService MakeService(PolicyOptions policy, double tscHz)
    {
        if (policy.Check(Backend.PStates.Count) is string complaint)
        {
            throw new GuestSetupException($"{complaint} Check --fastest and --slowest: this table is {TableName}.");
        }

        // The administrator's bounds hold for a guest too, as they are at any time.
        policy = policy with { Granted = policy.Granted ?? true };
        if (Math.Max(policy.Fastest, Backend.PStates.FastestAllowed) > Math.Min(policy.Slowest ?? Backend.PStates.SlowestAllowed, Backend.PStates.SlowestAllowed))
        {
            throw new GuestSetupException(
                $"--fastest and --slowest leave no P-state: scaling_min_freq and scaling_max_freq allow {Backend.PStates.FastestAllowed} to {Backend.PStates.SlowestAllowed} of {TableName}.");
        }

        try
        {
            return new FrequencyService(policy, Backend, tscHz, TscClock.Now);
        }
        catch (InvalidOperationException e)
        {
            throw new GuestSetupException($"{e.Message} {string.Join(' ', _real?.Findings() ?? [])}".TrimEnd(), e);
        }
    }

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

        if (!options.AllowFrequencyControl && options.HostPolicy?.Find(options.As)?.Control != true)
        {
            const string Grant = "the real frequency is changed only with --allow-frequency-control, or where a --policy file grants the guest control";
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
            new SimulatedBackend(options.PStates, tscHz, TscClock.Now, options.Policy.Fastest < options.PStates.PStates.Count ? options.Policy.Fastest : 0), options.PStates.Name, note);

        FrequencyParts Real()
        {
            CpufreqBackend backend = CpufreqBackend.Open(
                new CpufreqOptions { Root = options.CpufreqRoot ?? CpufreqTree.DefaultRoot, Cpu = cpu, LeaseFolder = options.LeaseFolder }, tscHz, TscClock.Now, note);
            return new FrequencyParts(backend, backend.Means, note);
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
