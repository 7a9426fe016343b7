using System.ComponentModel;
using Microsoft.Extensions.Logging;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.Native;
using PollScale.Placement;

namespace PollScale.HostStub.Channels.Region;

/// <summary>
/// One guest's region while it is served: its socket, the VM that has it, its page. An ivshmem server's part towards QEMU; a VM that goes leaves nothing to
/// the next one. Belongs to the regions' thread, but for what says otherwise.
/// </summary>
internal sealed class RegionChannel : IWatchedPath, IDisposable
{
    private readonly RegionServer _server;
    private readonly RegionKeeping _keeping;
    private readonly RegionState _state;
    private readonly ILogger _log;
    private readonly HypercallContext _hypercalls;
    private readonly Dictionary<int, ServedVcpu> _vcpus = [];
    private StreamDescriptor? _asking;
    private IvshmemHandshake? _handshake;
    private RegionSession? _session;

    public RegionChannel(RegionServer server, RegionBinding binding, DescriptorStore? store, ILogger log)
    {
        (_server, Binding, _log) = (server, binding, log);
        _keeping = new RegionKeeping(store, binding.Guest);
        Endpoint = new ListenEndpoint(binding.Path);
        _state = new RegionState(binding.Guest, $"shmem:{binding.Path}");
        _hypercalls = new HypercallContext(server.Shards, server.Post, log, binding.Guest, _state.EndpointName);
        Bind(binding);
    }

    /// <summary>What it was set up with.</summary>
    public RegionBinding Binding { get; private set; }

    /// <summary>Its vCPUs, for reports.</summary>
    public IReadOnlyCollection<ServedVcpu> Vcpus => _vcpus.Values;

    /// <summary>The connection of the VM; null while there is none.</summary>
    public StreamDescriptor? Peer { get; private set; }

    /// <summary>The VM's process; null while there is none. From any thread.</summary>
    public int? Process => _state.Process is not 0 and int process ? process : null;

    /// <summary>True while the peer has not taken all that it must be told.</summary>
    public bool WantsRoom => _handshake is { IsDone: false };

    /// <summary>True while nobody is let in, for want of descriptors, until the next heartbeat.</summary>
    public bool AcceptsPause { get; set; }

    /// <inheritdoc/>
    public string GuestName => Binding.Guest;

    /// <inheritdoc/>
    public string Part => "region";

    /// <inheritdoc/>
    public IChannelEndpoint Endpoint { get; }

    /// <inheritdoc/>
    public string? PathProblem
    {
        get => _state.PathProblem;
        set => _state.PathProblem = value;
    }

    /// <inheritdoc/>
    public bool TryRenew(Action<string?> done) => _server.Renew(this, done);

    /// <summary>Makes the socket, or takes the VM over that the daemon before left with the service manager.</summary>
    /// <exception cref="ChannelException">It cannot be made; the message says where it was asked for.</exception>
    public void Prepare()
    {
        try
        {
            Endpoint.Prepare();
        }
        catch (ChannelException e)
        {
            throw new ChannelException($"{Binding.At}{e.Message}", e);
        }

        if (_keeping.Take() is (StreamDescriptor peer, RegionMemory memory))
        {
            Peer = peer;
            _handshake = new IvshmemHandshake(memory) { IsTold = true };
            Begin(memory, continues: true);
            RegionLog.RegionTakenOver(_log, GuestName, _state.EndpointName);
        }
    }

    /// <summary>True when it can go on as <paramref name="next"/> without its VM noticing more than another header.</summary>
    public bool CanBecome(RegionBinding next) => Binding.Guest == next.Guest && Binding.Path == next.Path && Binding.Polls == next.Polls;

    /// <summary>Goes on under another configuration.</summary>
    public void Bind(RegionBinding next)
    {
        Binding = next;
        _state.HearsHypercalls = next.Hypercalls is not null;
        foreach (RegionVcpuBinding vcpu in next.Vcpus)
        {
            if (_vcpus.TryGetValue(vcpu.Vcpu, out ServedVcpu? known))
            {
                known.Binding = vcpu;
            }
            else
            {
                _vcpus.Add(vcpu.Vcpu, new ServedVcpu(_state, vcpu));
            }
        }

        foreach (int gone in _vcpus.Keys.Except(next.Vcpus.Select(vcpu => vcpu.Vcpu)).ToArray())
        {
            _vcpus.Remove(gone);
        }

        _session?.Bind(next, _vcpus);
    }

    /// <summary>Somebody waits at the socket.</summary>
    public void Accept()
    {
        StreamDescriptor? who = Endpoint.TryOpen(out string? problem);
        if (problem is not null)
        {
            _state.PeerProblem = problem;
            AcceptsPause = true;
        }

        if (who is null)
        {
            return;
        }

        int process = UnixSocket.PeerProcess(who);
        if (Peer is not null || _asking is not null)
        {
            Refuse(who, $"a second process, {process}, wants the region that a VM has: refused.");
        }
        else if (Binding.Refuse is not Func<int, string?> refuse)
        {
            Admit(who, process);
        }
        else
        {
            _asking = who;
            new HostThread("peer", () =>
            {
                string? why = refuse(process);
                _server.Post(() => Decided(who, process, why));
            }, stackBytes: Policy.Patience.Threads.SmallStack).Start();
        }
    }

    /// <summary>The peer can be read, or takes more.</summary>
    public void Serve()
    {
        Span<byte> bytes = stackalloc byte[64];
        int read = Peer!.Read(bytes);
        if (read is 0 or (< 0 and not -LibC.EAGAIN))
        {
            Close(null);
        }
        else if (read > 0)
        {
            Close("its VM's device sent something, which none does: it was turned out. Use QEMU's ivshmem-doorbell.");
        }
        else if (_handshake!.Send(Peer) is int error and not 0)
        {
            Close($"its VM could not be told of the region: {LibC.strerror(-error)}.");
        }
    }

    /// <summary>What time brings: the heartbeat, doorbells that are to be served by another shard, descriptors that could not be kept so far.</summary>
    public void Tick()
    {
        _session?.Tick(Tell);
        _keeping.Tick();
    }

    /// <summary>Ends the connection, and gives the wishes back.</summary>
    /// <param name="problem">What is wrong with the peer; null for nothing.</param>
    public void Close(string? problem)
    {
        if (Peer is null)
        {
            return;
        }

        _keeping.Drop();
        _server.Forget(this);
        Peer.Dispose();
        (Peer, _handshake) = (null, null);
        (_state.IsConnected, _state.Process) = (false, 0);
        _state.PeerProblem = problem;
        RegionSession session = _session!;
        _session = null;
        session.End();
        if (problem is null)
        {
            RegionLog.RegionLeft(_log, GuestName, _state.EndpointName);
        }
        else
        {
            RegionLog.RegionRefused(_log, GuestName, _state.EndpointName, problem);
        }
    }

    /// <summary>Ends it, for the policy names it no more.</summary>
    public void Dispose()
    {
        Close("it is served no longer: the policy does not name it, or names it otherwise.");
        _asking?.Dispose();
        Endpoint.Dispose();
    }

    /// <summary>Ends it with the process: a service manager that keeps its descriptors hands them to the next one.</summary>
    /// <returns>True when a VM has it.</returns>
    public bool Leave()
    {
        bool had = Peer is not null;
        Peer?.Dispose();
        Peer = null;
        _asking?.Dispose();
        Endpoint.Dispose();
        return had;
    }

    private void Decided(StreamDescriptor who, int process, string? why)
    {
        if (_asking != who)
        {
            return; // this channel has ended
        }

        _asking = null;
        if (why is null)
        {
            Admit(who, process);
        }
        else
        {
            Refuse(who, why);
            _state.PeerProblem = why;
        }
    }

    private void Refuse(StreamDescriptor who, string why)
    {
        who.Dispose();
        Count(counters => counters.CountRefusedPeer());
        RegionLog.RegionRefused(_log, GuestName, _state.EndpointName, why);
    }

    private void Admit(StreamDescriptor who, int process)
    {
        RegionMemory memory;
        try
        {
            memory = new RegionMemory(Binding.Slots);
        }
        catch (Win32Exception e)
        {
            string problem = $"no page can be made for it: {e.Message} {ChannelResources.Remedy(e.NativeErrorCode)}";
            Refuse(who, problem);
            _state.PeerProblem = problem;
            return;
        }

        Peer = who;
        _handshake = new IvshmemHandshake(memory);
        Begin(memory, continues: false);
        _keeping.Keep(who, memory);
        if (_handshake.Send(who) is int error and not 0)
        {
            Close($"its VM could not be told of the region: {LibC.strerror(-error)}.");
            return;
        }

        _server.Listen(this);
        RegionLog.RegionConnected(_log, GuestName, _state.EndpointName, process);
    }

    private void Begin(RegionMemory memory, bool continues)
    {
        int process = UnixSocket.PeerProcess(Peer!);
        _session = new RegionSession(_server, memory, Binding, _vcpus, continues, process, _hypercalls);
        Count(counters => counters.CountConnect());
        (_state.IsConnected, _state.Process) = (true, process);
        _state.PeerProblem = null;
        _session.Tick(Tell);
    }

    private void Count(Action<ChannelCounters> count)
    {
        foreach (ServedVcpu vcpu in _vcpus.Values)
        {
            count(vcpu.Counters);
        }
    }

    private void Tell(int vcpu, string problem) => RegionLog.RegionVcpuLeftOut(_log, GuestName, vcpu, _state.EndpointName, problem);
}
