using PollScale.HostStub.Frequency;
using PollScale.Hypercall;

namespace PollScale.HostStub.Policy;

/// <summary>One guest's calls: budget, policy, backend, counters. Any of the guest's vCPU threads may call: they share one pCPU and one budget.</summary>
/// <remarks>Every call costs budget, queries and malformed ones too: an exit costs the host the same whatever it asks.</remarks>
internal sealed class FrequencyService : IFrequencyService
{
    private readonly PolicyOptions _options;
    private FrequencyPolicy _policy;
    private PStateTable _backendTable;
    private readonly IFrequencyBackend _backend;
    private readonly CallCounters _counters = new();
    private RequestBudget _budget;
    private SpinLock _lock = new(enableThreadOwnerTracking: false); // a Monitor allocates under contention

    /// <summary>Joins a policy to a backend, and brings the backend into the allowed range.</summary>
    /// <param name="options">What the guest may do.</param>
    /// <param name="backend">Sets the frequency of the guest's pCPU.</param>
    /// <param name="tscHz">TSC ticks a second.</param>
    /// <param name="tsc">TSC now.</param>
    /// <exception cref="ArgumentException">The options do not fit the backend's table.</exception>
    /// <exception cref="InvalidOperationException">The backend could not be brought into the allowed range.</exception>
    public FrequencyService(PolicyOptions options, IFrequencyBackend backend, double tscHz, ulong tsc)
    {
        PStateTable table = backend.PStates;
        if (options.Check(table.Count) is string complaint)
        {
            throw new ArgumentException(complaint, nameof(options));
        }

        _options = options;
        _backend = backend;
        _backendTable = table;
        Granted = options.Granted ?? backend.Emulated;
        _policy = new FrequencyPolicy(Bounded(table), Granted);
        _budget = new RequestBudget(options.CallsPerSecond, options.Burst, tscHz);
        int start = PStates.Clamp(backend.Requested);
        if (start != backend.Requested && !TrySet(start, tsc))
        {
            throw new InvalidOperationException($"The frequency backend could not set the start P-state {start}.");
        }
    }

    /// <inheritdoc/>
    public PStateTable PStates => _policy.Table;

    /// <inheritdoc/>
    public bool Granted { get; }

    /// <inheritdoc/>
    public bool Emulated => _backend.Emulated;

    /// <summary>Calls so far.</summary>
    public CallCounters Counters => _counters;

    /// <inheritdoc/>
    public FrequencyReply Answer(int vcpu, FrequencyCall call, ulong tsc)
    {
        bool taken = false;
        try
        {
            _lock.Enter(ref taken);
            PolicyDecision decision = !_budget.TryPay(tsc) ? PolicyDecision.Throttled
                : !Follow() ? PolicyDecision.BackendFailed
                : _policy.Decide(new GuestRequest(vcpu, call, _backend.Requested));
            if (decision.Target >= 0 && !TrySet(decision.Target, tsc))
            {
                decision = PolicyDecision.BackendFailed;
            }
            else if (decision.Target >= 0 && _backend.Requested != decision.Target)
            {
                // A real kernel may grant another P-state than asked: the reply tells what it did.
                decision = decision with { Result = CallResult.Clamped, Reply = new FrequencyReply(_backend.Requested) };
            }

            _counters.Count(call.Op, decision.Result);
            return decision.Reply;
        }
        finally
        {
            _lock.Exit(useMemoryBarrier: true);
        }
    }

    /// <inheritdoc/>
    public int InForce => PStates.Clamp(_backend.Requested);

    /// <inheritdoc/>
    public FrequencyReply AnswerUnknown(int vcpu, ulong tsc)
    {
        bool taken = false;
        try
        {
            _lock.Enter(ref taken);
            PolicyDecision decision = _budget.TryPay(tsc) ? PolicyDecision.UnknownCall : PolicyDecision.Throttled;
            _counters.Count((FrequencyOp)HypercallAbi.OpCount, decision.Result);
            return decision.Reply;
        }
        finally
        {
            _lock.Exit(useMemoryBarrier: true);
        }
    }

    // The backend's bounds hold too, and may have risen or fallen. Other frequencies than the guest was shown are nothing that it could ask for.
    private bool Follow()
    {
        PStateTable now = _backend.PStates;
        if (ReferenceEquals(now, _backendTable))
        {
            return true;
        }

        if (!now.KHz.SequenceEqual(_backendTable.KHz))
        {
            return false;
        }

        _backendTable = now;
        _policy = new FrequencyPolicy(Bounded(now), Granted);
        return true;
    }

    private PStateTable Bounded(PStateTable table)
    {
        int fastest = Math.Max(_options.Fastest, table.FastestAllowed), slowest = Math.Min(_options.Slowest ?? table.SlowestAllowed, table.SlowestAllowed);
        return new PStateTable(table.KHz, fastest, Math.Max(fastest, slowest), table.TransitionLatencyNs);
    }

    private bool TrySet(int index, ulong tsc)
    {
        try
        {
            return _backend.TrySet(index, tsc);
        }
        catch (Exception)
        {
            // A backend that throws has failed; the guest's exit must still be answered.
            return false;
        }
    }
}
