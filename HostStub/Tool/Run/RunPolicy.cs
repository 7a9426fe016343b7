using Microsoft.Extensions.Logging;
using PollScale.Clock;
using PollScale.HostStub.Audit;
using PollScale.HostStub.Frequencies;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.HostStub.PolicyFile;
using PollScale.Placement;

namespace PollScale.HostStub.Run;

/// <summary>The policy of one run: vCPU 0 of its guest on the run's pCPU, with the audit log. One of a file is read again on SIGHUP.</summary>
internal sealed class RunPolicy : IDisposable
{
    private readonly RunOptions _options;
    private readonly int _pCpu;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly Lock _reloading = new();
    private readonly AuditLog? _audit;
    private readonly HostFrequency _host;
    private readonly ulong _tickEvery;
    private ulong _nextTick;
    private bool _ended;

    /// <summary>Puts the policy in force.</summary>
    /// <param name="options">The run.</param>
    /// <param name="pCpu">pCPU of its vCPU 0.</param>
    /// <param name="backend">Sets that pCPU's frequency.</param>
    /// <param name="tscHz">TSC ticks a second.</param>
    /// <param name="log">For events, on any thread.</param>
    /// <exception cref="PolicyException">The policy does not fit the P-states.</exception>
    /// <exception cref="AuditException">The audit log cannot be opened.</exception>
    public RunPolicy(RunOptions options, int pCpu, IFrequencyBackend backend, double tscHz, ILogger log)
    {
        _options = options;
        _pCpu = pCpu;
        _log = log;
        _tickEvery = (ulong)(tscHz / 10);
        _audit = options.Audit is string path ? new AuditLog(path, new AuditOptions { Log = log, Limits = options.AuditLimits }) : null;
        try
        {
            _host = new HostFrequency(
                Narrow(options.HostPolicy), new HostFrequencyOptions { Open = _ => backend, TscHz = tscHz, Audit = _audit, Log = log }, TscClock.Now);
        }
        catch
        {
            _audit?.Dispose();
            throw;
        }

        if (_host.Unsettled.Count > 0)
        {
            RunLog.FirstPStateNotSet(log, pCpu);
        }

        Service = _host.ServiceFor(options.As, FrequencyPolicy.LcoreVcpu);
    }

    /// <summary>Answers the guest's calls.</summary>
    public VcpuService Service { get; }

    /// <summary>What time brings; cheap enough for every turn of a loop.</summary>
    public void Tick(ulong tsc)
    {
        if (tsc >= _nextTick)
        {
            _nextTick = tsc + _tickEvery;
            _host.Tick(tsc);
        }
    }

    /// <summary><see cref="Reload"/> on a thread of its own: a file may take its time.</summary>
    public void BeginReload() =>
        new HostThread("reload", Reload, e => Refuse($"The policy could not be read again, the old one stays in force: {e.Message}")).Start();

    /// <summary>Reads the file again and opens the audit log anew. A file that cannot be used changes nothing; without a file there is nothing to do.</summary>
    public void Reload()
    {
        if (_options.PolicyFile is not string file)
        {
            return;
        }

        lock (_reloading)
        {
            lock (_gate)
            {
                if (!_ended)
                {
                    _audit?.Reopen();
                }
            }

            try
            {
                HostPolicy policy = PolicyReader.Load(file, PolicyTrust.For(_options.Frequency)); // outside the gate, which the end of the run takes too
                lock (_gate)
                {
                    if (_ended)
                    {
                        return;
                    }

                    _host.Update(Narrow(policy), TscClock.Now);
                }

                string outcome = $"The policy {policy.Origin} is in force{(policy.Find(_options.As) is null ? $"; it no longer has a guest named {_options.As}" : "")}.";
                RunLog.RunPolicyInForce(_log, outcome);
            }
            catch (PolicyException e)
            {
                Refuse($"The new policy cannot be used, the old one stays in force:\n{e.Message}");
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            _host.Release(_options.As, TscClock.Now);
            _host.Dispose();
            _audit?.Dispose();
        }
    }

    private void Refuse(string outcome) => RunLog.RunPolicyRefused(_log, outcome);

    private HostPolicy Narrow(HostPolicy policy)
    {
        if (policy.Find(_options.As) is not GuestPolicy guest)
        {
            return policy with { Guests = [], Pcpus = [.. policy.Pcpus.Where(p => p.Pcpu == _pCpu)] };
        }

        return guest.Vcpus.FirstOrDefault(v => v.Vcpu == FrequencyPolicy.LcoreVcpu) is VcpuPolicy vcpu && vcpu.Pcpu != _pCpu
            ? throw new PolicyException(policy.Origin, [new PolicyError(vcpu.At, $"guest {guest.Name}: vCPU 0 stays on pCPU {_pCpu} for the length of this run, not {vcpu.Pcpu}")])
            : policy.Only(guest, _pCpu);
    }
}
