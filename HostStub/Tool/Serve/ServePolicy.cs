using System.Globalization;
using Microsoft.Extensions.Logging;
using PollScale.Clock;
using PollScale.HostStub.Audit;
using PollScale.HostStub.Channels.Acpi;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Channels.Module;
using PollScale.HostStub.Channels.Region;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.HostStub.Daemon.Shards;
using PollScale.HostStub.Frequencies;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.HostStub.Policy.Patience;
using PollScale.HostStub.Policy.Status;
using PollScale.HostStub.Placement;
using PollScale.HostStub.PolicyFile;
using PollScale.Native;

namespace PollScale.HostStub.Serve;

/// <summary>Serves what a policy file says: a channel for each vCPU that has one, by the policy's bounds, with the audit log.</summary>
internal sealed partial class ServePolicy : IServePlan
{
    private static readonly TimeSpan s_auditPatience = TimeSpan.FromSeconds(1);
    private readonly string _path;
    private readonly FileTrust _trust;
    private readonly AuditLog? _audit;
    private readonly HostFrequency _host;
    private readonly bool _byCore;
    private readonly ObservedHypercalls _observed = new(Observe);
    private readonly IHypercallSource _answered;

    /// <summary>Puts the policy in force.</summary>
    /// <param name="options">The command line, with a policy.</param>
    /// <param name="log">Told what the operator should know, on any thread.</param>
    /// <param name="answered">Has hypercalls answered within their exit.</param>
    /// <param name="ending">Cancelled when the end begins.</param>
    /// <exception cref="PolicyException">The policy does not fit this machine.</exception>
    /// <exception cref="HostUnusableException">None of its pCPUs can be used.</exception>
    /// <exception cref="AuditException">The audit log cannot be opened.</exception>
    public ServePolicy(ServeOptions options, ILogger log, IHypercallSource answered, CancellationToken ending)
    {
        _answered = answered;
        _path = options.HostPolicy!.Origin;
        SameSockets.Refuse(options.HostPolicy);
        _trust = PolicyTrust.For(options.Frequency);
        int pCpus = options.Frequency == FrequencyChoice.Simulated ? 0 : options.HostPolicy.Guests.SelectMany(guest => guest.Vcpus).Select(vcpu => vcpu.Pcpu).Distinct().Count();
        GuestPolicy[] shared = [.. options.HostPolicy.Guests.Where(guest => guest.Shmem is not null && guest.Vcpus.Count > 0)];
        ChannelResources.Check(options.HostPolicy.Guests.Sum(guest => guest.Vcpus.Count(vcpu => vcpu.Channel is not null)), pCpus, pCpus,
            shared.Length, shared.Sum(guest => guest.Vcpus.Max(vcpu => vcpu.Vcpu) + 1 + (guest.Hypercall is HypercallMode.Observed or HypercallMode.Answered ? guest.Vcpus.Count : 0))); // before a core is taken over
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
            Regions = BindRegions(options.HostPolicy);
            Ports = BindPorts(options.HostPolicy);
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
    public IReadOnlyList<RegionBinding> Regions { get; }

    /// <inheritdoc/>
    public IReadOnlyList<AcpiBinding> Ports { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ModuleBinding> Granted(Func<string, int?> processOf) =>
        [.. from guest in _host.Policy.Guests where guest.Hypercall == HypercallMode.Module from vcpu in guest.Vcpus select BindModule(guest, vcpu, processOf)];

    /// <inheritdoc/>
    /// <remarks>Real cores wait for files, each on a thread of its own. Simulated ones never wait: see <see cref="SimulatedShards"/>; one of their threads ticks all.</remarks>
    public ChannelServerOptions Serving => new()
    {
        Shards = Shards,
        Tick = Tick,
        Name = shard => shard == RegionServer.SpinningShard ? "spinning" : string.Create(CultureInfo.InvariantCulture, $"{(_byCore ? "pCPU" : "channels")} {shard}"),
        OpensCores = _byCore,
    };

    /// <inheritdoc/>
    public IReadOnlyList<VcpuStatus> Status() => _host.Status(TscClock.Now);

    /// <inheritdoc/>
    public string? Policy => _path;

    /// <inheritdoc/>
    public IReadOnlyList<string> Troubles => _audit is { Lost: > 0 and ulong lost } ? [$"the audit log has lost {lost} decisions: its disk or its queue was full"] : [];

    /// <inheritdoc/>
    public AuditCounts? Audit => _audit?.Counts;

    /// <inheritdoc/>
    public bool IsAtWork(int shard) => _byCore && _host.IsWorking(shard);

    /// <summary>Reads the file again and opens the audit log anew. A file that cannot be used changes nothing; bounds hold before channels change.</summary>
    public ReloadOutcome Reload(Servers servers)
    {
        _audit?.Reopen();
        try
        {
            HostPolicy policy = PolicyReader.Load(_path, _trust);
            SameSockets.Refuse(policy);
            (int channels, IReadOnlyList<string> failures) = PutInForce(policy, servers);
            _operators = NoOperators;
            List<string> lines = [$"The policy {_path} is in force, with {channels} {(channels == 1 ? "channel" : "channels")}."];
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

    private (int Channels, IReadOnlyList<string> Failures) PutInForce(HostPolicy policy, Servers servers)
    {
        _host.Update(policy, TscClock.Now);
        IReadOnlyList<ChannelBinding> bindings = Bind(policy);
        IReadOnlyList<RegionBinding> regions = BindRegions(policy);
        IReadOnlyList<AcpiBinding> ports = BindPorts(policy);
        IReadOnlyList<ModuleBinding> granted = Granted(servers.Regions.ProcessOf);
        IReadOnlyList<string> failures = servers.Update(bindings, regions, ports, granted);
        return (bindings.Count + regions.Sum(region => region.Vcpus.Count) + ports.Count + granted.Count, failures);
    }

    /// <inheritdoc/>
    public void Keep(Servers servers)
    {
        _host.TickLoose(TscClock.Now);
        _host.FollowBackends(TscClock.Now);
        if (_host.TryMissing(TscClock.Now))
        {
            servers.Update(Bind(_host.Policy), BindRegions(_host.Policy), BindPorts(_host.Policy), Granted(servers.Regions.ProcessOf)); // the cores are others now
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

    // One of the simulated shards ticks all; regions and debug ports have theirs as long as there is one for it.
    private IEnumerable<int> Shards()
    {
        IEnumerable<GuestPolicy> shared = _host.Policy.Guests.Where(guest => guest.Shmem is not null);
        IEnumerable<GuestPolicy> asking = _host.Policy.Guests.Where(guest => guest.Shmem is not null || guest.Vcpus.Any(IsPort));
        return [.. _byCore ? _host.Cores : [0, .. asking.Select(guest => SimulatedShards.Of(guest.Name))], .. shared.Any(guest => guest.Shmem!.Polls) ? (int[])[RegionServer.SpinningShard] : []];
    }

    private IReadOnlyList<RegionBinding> BindRegions(HostPolicy policy) =>
        [.. from guest in policy.Guests where guest.Shmem is not null && guest.Vcpus.Count > 0 select BindRegion(policy, guest, guest.Shmem!)];

    private RegionBinding BindRegion(HostPolicy policy, GuestPolicy guest, ShmemPolicy shmem)
    {
        RegionVcpuBinding[] vcpus = [.. guest.Vcpus.OrderBy(vcpu => vcpu.Vcpu).Select(vcpu => BindRegion(guest, vcpu))];
        return new RegionBinding
        {
            Guest = guest.Name,
            Path = shmem.Path,
            At = string.Create(CultureInfo.InvariantCulture, $"{policy.Origin}:{shmem.At.Line}:{shmem.At.Column}: "),
            Emulated = vcpus.Any(vcpu => vcpu.Service.Emulated),
            Polls = shmem.Polls,
            Vcpus = vcpus,
            Hypercalls = guest.Hypercall switch
            {
                HypercallMode.Observed => _observed,
                HypercallMode.Answered => _answered,
                _ => null,
            },
            IsAnswered = guest.Hypercall == HypercallMode.Module ? IsAnswered(guest) : () => false,
            Refuse = guest.Process is string process ? pid => new VcpuThreads().WhyAnother(process, pid) : null,
        };
    }

    private static ObservedThread? Observe(int process, int vcpu, out string problem) =>
        new VcpuThreads().Find(process, vcpu, out problem) is int thread && HypercallTracepoint.Find(out problem) is HypercallTracepoint tracepoint
            ? tracepoint.Observe(thread, out problem)
            : null;

    private RegionVcpuBinding BindRegion(GuestPolicy guest, VcpuPolicy vcpu)
    {
        VcpuService service = _host.ServiceFor(guest.Name, vcpu.Vcpu);
        return new RegionVcpuBinding(vcpu.Vcpu, vcpu.X2ApicId, vcpu.Pcpu, service.Lapsing, Shard(guest, vcpu), Trouble(service, vcpu), Left(service))
        {
            Answered = guest.Hypercall == HypercallMode.Answered ? new AnsweredCalls(service) : null,
        };
    }

    private Func<bool> IsAnswered(GuestPolicy guest)
    {
        VcpuService[] services = [.. guest.Vcpus.Select(vcpu => _host.ServiceFor(guest.Name, vcpu.Vcpu))];
        return () => Array.Exists(services, service => service.IsAnsweredInKernel);
    }

    private ModuleBinding BindModule(GuestPolicy guest, VcpuPolicy vcpu, Func<string, int?> processOf)
    {
        VcpuService service = _host.ServiceFor(guest.Name, vcpu.Vcpu);
        return new ModuleBinding
        {
            Guest = guest.Name,
            Vcpu = vcpu.Vcpu,
            Pcpu = vcpu.Pcpu,
            Service = service,
            Process = guest.Process is string process ? (out string problem) => new VcpuThreads().ProcessOf(process, out problem) : (out string problem) => Peer(processOf(guest.Name), out problem),
            Trouble = Trouble(service, vcpu),
        };
    }

    private static int? Peer(int? process, out string problem)
    {
        problem = process is null ? "no VM has its shared page, so its process is not known." : "";
        return process;
    }

    private static bool IsPort(VcpuPolicy vcpu) => vcpu.Channel is { Mode: ChannelMode.Debugcon };

    private IReadOnlyList<AcpiBinding> BindPorts(HostPolicy policy) =>
        [.. from guest in policy.Guests from vcpu in guest.Vcpus where IsPort(vcpu) select BindPort(guest, vcpu)];

    private AcpiBinding BindPort(GuestPolicy guest, VcpuPolicy vcpu)
    {
        VcpuService service = _host.ServiceFor(guest.Name, vcpu.Vcpu);
        return new AcpiBinding
        {
            Guest = guest.Name,
            Vcpu = vcpu.Vcpu,
            Pcpu = vcpu.Pcpu,
            Path = vcpu.Channel!.Path,
            Service = service,
            Shard = Shard(guest, vcpu),
            Trouble = Trouble(service, vcpu),
        };
    }

    private int Shard(GuestPolicy guest, VcpuPolicy vcpu) => _byCore ? _host.CoreOf(vcpu.Pcpu) : SimulatedShards.Of(guest.Name);

    private static Func<string?> Trouble(VcpuService service, VcpuPolicy vcpu) =>
        () => service.IsStranded ? string.Create(CultureInfo.InvariantCulture, $"pCPU {vcpu.Pcpu} cannot be used now") : null;

    private static Action Left(VcpuService service) => () => service.Withdraw(AuditReason.GuestGone, TscClock.Now);

    private IReadOnlyList<ChannelBinding> Bind(HostPolicy policy) =>
        [.. from guest in policy.Guests from vcpu in guest.Vcpus where vcpu.Channel is { IsGuestChannel: true } select Bind(policy, guest, vcpu)];

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
            Shard = Shard(guest, vcpu),
            Trouble = Trouble(service, vcpu),
            Left = Left(service),
        };
    }
}
