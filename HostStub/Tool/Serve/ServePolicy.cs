using System.Globalization;
using Microsoft.Extensions.Logging;
using PollScale.Clock;
using PollScale.HostStub.Audit;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.HostStub.Daemon.Shards;
using PollScale.HostStub.Frequencies;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.HostStub.Policy.Patience;
using PollScale.HostStub.PolicyFile;
using PollScale.Native;

namespace PollScale.HostStub.Serve;

/// <summary>Serves what a policy file says: a channel for each vCPU that has one, by the policy's bounds, with the audit log.</summary>
internal sealed class ServePolicy : IServePlan
{
    private static readonly TimeSpan s_auditPatience = TimeSpan.FromSeconds(1);
    private readonly string _path;
    private readonly FileTrust _trust;
    private readonly AuditLog? _audit;
    private readonly HostFrequency _host;
    private readonly bool _byCore;

    /// <summary>Puts the policy in force.</summary>
    /// <param name="options">The command line, with a policy.</param>
    /// <param name="log">Told what the operator should know, on any thread.</param>
    /// <param name="ending">Cancelled when the end begins.</param>
    /// <exception cref="PolicyException">The policy does not fit this machine.</exception>
    /// <exception cref="HostUnusableException">None of its pCPUs can be used.</exception>
    /// <exception cref="AuditException">The audit log cannot be opened.</exception>
    public ServePolicy(ServeOptions options, ILogger log, CancellationToken ending)
    {
        _path = options.HostPolicy!.Origin;
        SameSockets.Refuse(options.HostPolicy);
        _trust = PolicyTrust.For(options.Frequency);
        int pCpus = options.Frequency == FrequencyChoice.Simulated ? 0 : options.HostPolicy.Guests.SelectMany(guest => guest.Vcpus).Select(vcpu => vcpu.Pcpu).Distinct().Count();
        ChannelResources.Check(options.HostPolicy.Guests.Sum(guest => guest.Vcpus.Count(vcpu => vcpu.Channel is not null)), pCpus, pCpus); // before a core is taken over
        _audit = options.Audit is string path ? new AuditLog(path, new AuditOptions { Log = log, Limits = options.AuditLimits }) : null;
        try
        {
            ServeClocks clocks = new(options, _audit, log, ending);
            _host = clocks.Start(options.HostPolicy);
            _byCore = clocks.AreReal;
            foreach (PolicyError oddity in PolicyNotices.Of(options.HostPolicy))
            {
                string line = oddity.In(_path);
                ServeLog.PolicyOddity(log, line);
            }

            Bindings = Bind(options.HostPolicy);
        }
        catch
        {
            _audit?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<ChannelBinding> Bindings { get; }

    /// <inheritdoc/>
    /// <remarks>Real cores wait for files, each on a thread of its own. Simulated ones never wait: see <see cref="SimulatedShards"/>; one of their threads ticks all.</remarks>
    public ChannelServerOptions Serving => new()
    {
        Shards = () => _byCore ? _host.Cores : [0],
        Tick = Tick,
        Name = shard => string.Create(CultureInfo.InvariantCulture, $"{(_byCore ? "pCPU" : "channels")} {shard}"),
        OpensCores = _byCore,
    };

    /// <inheritdoc/>
    public bool IsAtWork(int shard) => _byCore && _host.WorkingSince(shard) != 0;

    /// <summary>Reads the file again and opens the audit log anew. A file that cannot be used changes nothing; bounds hold before channels change.</summary>
    public ReloadOutcome Reload(ChannelServer server)
    {
        _audit?.Reopen();
        try
        {
            HostPolicy policy = PolicyReader.Load(_path, _trust);
            SameSockets.Refuse(policy);
            _host.Update(policy, TscClock.Now);
            IReadOnlyList<ChannelBinding> bindings = Bind(policy);
            IReadOnlyList<string> failures = server.Update(bindings);
            List<string> lines = [$"The policy {_path} is in force, with {bindings.Count} {(bindings.Count == 1 ? "channel" : "channels")}."];
            lines.AddRange(PolicyNotices.Of(policy).Select(oddity => oddity.In(_path)));
            if (_host.Unsettled is { Count: > 0 } unsettled)
            {
                lines.Add($"pCPUs not set yet, to be tried again: {string.Join(", ", unsettled)}.");
            }

            lines.AddRange(failures.Select(failure => $"{failure} SIGHUP tries it again."));
            return new ReloadOutcome(true, string.Join('\n', lines));
        }
        catch (PolicyException e)
        {
            return new ReloadOutcome(false, $"The new policy cannot be used, the old one stays in force:\n{e.Message}");
        }
        catch (ChannelException e)
        {
            return new ReloadOutcome(false, $"The new policy's channels cannot be made, those of the old one stay: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public void Keep(ChannelServer server)
    {
        _host.TickLoose(TscClock.Now);
        _host.FollowBackends(TscClock.Now);
        if (_host.TryMissing(TscClock.Now))
        {
            server.Update(Bind(_host.Policy)); // the cores are others now
        }
    }

    /// <inheritdoc/>
    public void CheckGuests() => _host.CheckPins();

    /// <summary>Gives all pCPUs back, and writes the rest of the audit log.</summary>
    public IReadOnlyList<string> End()
    {
        IReadOnlyList<string> left = _host.End();
        return _audit is null ? left : [.. left, .. Threads.RunAll([("the audit log", _audit.Dispose)], s_auditPatience)];
    }

    private void Tick(int shard, ulong tsc)
    {
        if (_byCore)
        {
            _host.TickCore(shard, tsc);
        }
        else if (shard == 0)
        {
            foreach (int core in _host.Cores)
            {
                _host.TickCore(core, tsc);
            }
        }
    }

    private IReadOnlyList<ChannelBinding> Bind(HostPolicy policy) =>
        [.. from guest in policy.Guests from vcpu in guest.Vcpus where vcpu.Channel is not null select Bind(policy, guest, vcpu)];

    private ChannelBinding Bind(HostPolicy policy, GuestPolicy guest, VcpuPolicy vcpu)
    {
        VcpuService service = _host.ServiceFor(guest.Name, vcpu.Vcpu);
        return new ChannelBinding
        {
            GuestName = guest.Name,
            Vcpu = vcpu.Vcpu,
            GuestVcpus = guest.Vcpus.Max(v => v.Vcpu) + 1,
            Pcpu = vcpu.Pcpu,
            At = string.Create(CultureInfo.InvariantCulture, $"{policy.Origin}:{vcpu.At.Line}:{vcpu.At.Column}: "),
            Endpoint = ChannelEndpoints.Make(vcpu.Channel!.Mode == ChannelMode.Listen ? EndpointKind.Listen : EndpointKind.Connect, vcpu.Channel.Path),
            Service = service,
            AllowQueries = guest.Queries,
            Shard = _byCore ? _host.CoreOf(vcpu.Pcpu) : SimulatedShards.Of(guest.Name),
            Trouble = () => service.IsStranded ? string.Create(CultureInfo.InvariantCulture, $"pCPU {vcpu.Pcpu} cannot be used now") : null,
            Left = () => service.Withdraw(AuditReason.GuestGone, TscClock.Now),
        };
    }
}
