using System.ComponentModel;
using Microsoft.Extensions.Logging;
using PollScale.HostStub.Channels.Acpi.Reader;
using PollScale.HostStub.Daemon;

namespace PollScale.HostStub.Channels.Acpi;

/// <summary>All vCPUs whose guests ask through debug ports. Changed by one thread at a time.</summary>
internal sealed class AcpiChannels : IDisposable
{
    private readonly ReaderMemory _memory = ReaderMemory.Make();
    private readonly ReaderKeeper _keeper;
    private readonly HashSet<int> _slots = []; // taken
    private volatile AcpiChannel[] _channels = [];
    private int _nextSlot;

    /// <summary>Prepares; nothing is read before <see cref="Start"/>.</summary>
    /// <param name="program">The reader process.</param>
    /// <param name="log">Told what the operator should know.</param>
    /// <param name="failed">Takes what ended its thread, should anything.</param>
    /// <exception cref="Win32Exception">The system refused memory or descriptors.</exception>
    public AcpiChannels(ReaderProgram program, ILogger log, Action<Exception> failed) => _keeper = new ReaderKeeper(program, _memory, log, failed);

    /// <summary>The channels; from any thread.</summary>
    public IReadOnlyList<AcpiChannel> Channels => _channels;

    /// <summary>The reader process; 0 for none. From any thread.</summary>
    public int ReaderPid => _keeper.Pid;

    /// <summary>Begins.</summary>
    public void Start() => _keeper.Start();

    /// <summary>Serves another set from now on: those that stay keep their VM, the wishes of others are withdrawn.</summary>
    /// <param name="bindings">What to serve.</param>
    /// <param name="server">Has the shards that they name.</param>
    /// <returns>What could not be served, a sentence each.</returns>
    /// <exception cref="ChannelException">They are more than one reader has room for; nothing changed.</exception>
    public IReadOnlyList<string> Update(IReadOnlyList<AcpiBinding> bindings, ChannelServer server)
    {
        if (bindings.Count > ReaderMemory.Slots)
        {
            throw new ChannelException($"{bindings.Count} vCPUs have a debugcon channel; a host serves {ReaderMemory.Slots} at most.");
        }

        List<string> problems = [];
        List<AcpiChannel> channels = [];
        Dictionary<(string, int), AcpiChannel> before = _channels.ToDictionary(channel => (channel.GuestName, channel.Vcpu));
        Dictionary<AcpiBinding, AcpiChannel> kept = new(ReferenceEqualityComparer.Instance);
        foreach (AcpiBinding next in bindings)
        {
            if (before.GetValueOrDefault((next.Guest, next.Vcpu)) is AcpiChannel channel && channel.Binding.CanBecome(next))
            {
                kept.Add(next, channel);
            }
        }

        foreach (AcpiChannel channel in before.Values.Except(kept.Values))
        {
            Drop(channel, server);
        }

        foreach (AcpiBinding next in bindings)
        {
            try
            {
                channels.Add(kept.TryGetValue(next, out AcpiChannel? channel) ? Keep(channel, next, server) : Add(next, server));
            }
            catch (Win32Exception e)
            {
                problems.Add($"The debug port of {next.Guest}, vCPU {next.Vcpu}, cannot be served: {e.Message}");
            }
        }

        _channels = [.. channels];
        return problems;
    }

    /// <summary>Ends the reader process.</summary>
    /// <returns>False when it took longer than <paramref name="patience"/>.</returns>
    public bool Stop(TimeSpan patience) => _keeper.Stop(patience);

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_channels, channel => channel.Dispose());
        _keeper.Dispose();
        _memory.Dispose();
    }

    private AcpiChannel Add(AcpiBinding binding, ChannelServer server)
    {
        int slot = FreeSlot();
        AcpiChannel channel = new(binding, _memory, slot);
        _memory.Clear(slot);
        _memory.SetPStates(slot, binding.Service.Binding is null ? 0 : binding.Service.PStates.Count);
        Watch(channel, binding, server);
        _keeper.Add(channel);
        return channel;
    }

    private static AcpiChannel Keep(AcpiChannel channel, AcpiBinding next, ChannelServer server)
    {
        channel.Rebind(next);
        if (server.WatcherOf(channel) != next.Shard)
        {
            server.Unwatch(channel, () => Watch(channel, next, server));
        }

        return channel;
    }

    private void Drop(AcpiChannel channel, ChannelServer server)
    {
        _slots.Remove(channel.Slot);
        server.Unwatch(channel, () =>
        {
            channel.Close();
            _keeper.Remove(channel);
        });
    }

    // A shard that cannot has said so to whoever asked for the channel before; it is looked at again with the next change.
    private static void Watch(AcpiChannel channel, AcpiBinding binding, ChannelServer server) => server.TryWatch(channel, binding.Shard, _ => { });

    // Each after the other: what was just given up may still be written for a moment.
    private int FreeSlot()
    {
        while (!_slots.Add(_nextSlot % ReaderMemory.Slots))
        {
            _nextSlot++;
        }

        return _nextSlot++ % ReaderMemory.Slots;
    }
}
