using System.Globalization;
using PollScale.Clock;
using PollScale.HostStub.Audit;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.PolicyFile;
using PollScale.Native;

namespace PollScale.HostStub.Cli;

/// <summary>Serves what a policy file says: a channel for each vCPU that has one, by the policy's bounds, with the audit log.</summary>
internal sealed class ServePolicy : IServePlan
{
    private readonly string _path;
    private readonly FileTrust _trust;
    private readonly AuditLog? _audit;
    private readonly HostFrequency _host;

    /// <summary>Puts the policy in force.</summary>
    /// <param name="options">The command line, with a policy.</param>
    /// <param name="notice">Takes what the operator should know, on any thread.</param>
    /// <exception cref="PolicyException">The policy does not fit this machine.</exception>
    /// <exception cref="AuditException">The audit log cannot be opened.</exception>
    public ServePolicy(ServeOptions options, Action<string> notice)
    {
        _path = options.HostPolicy!.Origin;
        SameSockets.Refuse(options.HostPolicy);
        _trust = PolicyTrust.For(options.Frequency);
        _audit = options.Audit is string path ? new AuditLog(path, new AuditOptions { Notice = notice, Limits = options.AuditLimits }) : null;
        try
        {
            _host = new ServeClocks(options, _audit, notice).Start(options.HostPolicy);
            foreach (PolicyError oddity in PolicyNotices.Of(options.HostPolicy))
            {
                notice(oddity.In(_path));
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
    public void Poll() => _host.Tick(TscClock.Now);

    /// <summary>Reads the file again and opens the audit log anew. A file that cannot be used changes nothing; bounds hold before channels change.</summary>
    public string Reload(ChannelServer server)
    {
        _audit?.Reopen();
        try
        {
            HostPolicy policy = PolicyReader.Load(_path, _trust);
            SameSockets.Refuse(policy);
            IReadOnlyList<int> failed = _host.Update(policy, TscClock.Now);
            IReadOnlyList<ChannelBinding> bindings = Bind(policy);
            List<string> lines = [$"The policy {_path} is in force, with {bindings.Count} {(bindings.Count == 1 ? "channel" : "channels")}."];
            lines.AddRange(PolicyNotices.Of(policy).Select(oddity => oddity.In(_path)));
            if (failed.Count > 0)
            {
                lines.Add($"pCPUs not set yet, to be tried again: {string.Join(", ", failed)}.");
            }

            lines.AddRange(server.Update(bindings).Select(failure => $"{failure} SIGHUP tries it again."));
            return string.Join('\n', lines);
        }
        catch (PolicyException e)
        {
            return $"The new policy cannot be used, the old one stays in force:\n{e.Message}";
        }
    }

    /// <summary>Gives all pCPUs back, and writes the rest of the audit log.</summary>
    public void Dispose()
    {
        _host.Dispose();
        _audit?.Dispose();
    }

    private IReadOnlyList<ChannelBinding> Bind(HostPolicy policy) =>
        [.. from guest in policy.Guests from vcpu in guest.Vcpus where vcpu.Channel is not null select Bind(policy, guest, vcpu)];

    private ChannelBinding Bind(HostPolicy policy, GuestPolicy guest, VcpuPolicy vcpu) => new()
    {
        GuestName = guest.Name,
        Vcpu = vcpu.Vcpu,
        GuestVcpus = guest.Vcpus.Max(v => v.Vcpu) + 1,
        Pcpu = vcpu.Pcpu,
        At = string.Create(CultureInfo.InvariantCulture, $"{policy.Origin}:{vcpu.At.Line}:{vcpu.At.Column}: "),
        Endpoint = ChannelEndpoints.Make(vcpu.Channel!.Mode == ChannelMode.Listen ? EndpointKind.Listen : EndpointKind.Connect, vcpu.Channel.Path),
        Service = _host.ServiceFor(guest.Name, vcpu.Vcpu),
        AllowQueries = guest.Queries,
        Left = () => _host.Release(guest.Name, vcpu.Vcpu, TscClock.Now),
    };
}
