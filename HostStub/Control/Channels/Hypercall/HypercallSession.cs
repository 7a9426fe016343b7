using System.ComponentModel;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Policy.Patience;
using PollScale.Placement;

namespace PollScale.HostStub.Channels.Hypercall;

/// <summary>
/// The hypercalls of one VM: finds the threads of its vCPUs, has what they call brought, and the shard of each slot look. vCPUs that come later and
/// threads that end are followed. Belongs to the regions' thread; what waits for files is done beside it.
/// </summary>
/// <param name="source">Brings a vCPU's calls.</param>
/// <param name="process">The VM's process.</param>
/// <param name="place">Where a slot is served now; null while it is not.</param>
/// <param name="context">Who is served, and by what.</param>
internal sealed class HypercallSession(IHypercallSource source, int process, Func<IHypercallSlot, int?> place, HypercallContext context)
{
    /// <summary>Between two looks for threads that are missing, in ms.</summary>
    public const long SearchMs = 1000;

    private readonly Dictionary<IHypercallSlot, IHypercallWatch> _watches = [];
    private readonly Dictionary<IHypercallSlot, HypercallNotices> _notices = [];
    private readonly HashSet<IHypercallSlot> _missed = [];
    private Deadline _next = Deadline.After(Deadline.Now, 0);
    private bool _isSearching;
    private bool _ended;

    /// <summary>What brings the calls.</summary>
    public IHypercallSource Source => source;

    /// <summary>The hypercalls of some vCPU ring.</summary>
    public bool IsHeard => _watches.Count > 0;

    /// <summary>What time brings.</summary>
    /// <param name="slots">The slots of the VM.</param>
    public void Tick(IEnumerable<IHypercallSlot> slots)
    {
        long now = Deadline.Now;
        foreach (HypercallNotices notices in _notices.Values)
        {
            notices.Tick(now);
        }

        foreach ((IHypercallSlot slot, IHypercallWatch watch) in _watches.Where(pair => pair.Value.HasEnded).ToArray())
        {
            Release(slot);
        }

        if (_isSearching || _ended || !_next.IsDue(now))
        {
            return;
        }

        _next = Deadline.After(now, SearchMs);
        IHypercallSlot[] missing = [.. slots.Where(slot => !_watches.ContainsKey(slot) && place(slot) is not null)];
        if (missing.Length > 0)
        {
            _isSearching = true;
            new HostThread("vcpus", () => Search(missing), stackBytes: Threads.SmallStack).Start();
        }
    }

    /// <summary>The page's header was written, under another nonce.</summary>
    public void Described()
    {
        foreach (IHypercallWatch watch in _watches.Values)
        {
            watch.Described();
        }
    }

    /// <summary>Lets a slot go, before its shard does.</summary>
    public void Release(IHypercallSlot slot)
    {
        if (_watches.Remove(slot, out IHypercallWatch? watch))
        {
            context.Shards.Unwatch(watch, watch.Dispose);
        }
    }

    /// <summary>Lets all go.</summary>
    public void End()
    {
        _ended = true;
        foreach (IHypercallSlot slot in _watches.Keys.ToArray())
        {
            Release(slot);
            slot.Unobserved = null;
        }

        foreach (IHypercallSlot slot in _missed)
        {
            slot.Unobserved = null;
        }
    }

    private void Search(IHypercallSlot[] missing)
    {
        List<(IHypercallSlot Slot, IHypercallWatch? Found, string Problem)> results = [];
        foreach (IHypercallSlot slot in missing)
        {
            IHypercallWatch? found = source.Watch(process, slot, out string problem);
            results.Add((slot, found, problem));
        }

        context.Post(() =>
        {
            _isSearching = false;
            foreach ((IHypercallSlot slot, IHypercallWatch? found, string problem) in results)
            {
                Take(slot, found, problem);
            }
        });
    }

    private void Take(IHypercallSlot slot, IHypercallWatch? found, string problem)
    {
        if (found is null)
        {
            Tell(slot, problem);
        }
        else if (_ended || _watches.ContainsKey(slot) || place(slot) is not int shard || !TryWatch(found, shard))
        {
            found.Dispose(); // what it was for went meanwhile
        }
        else
        {
            slot.Unobserved = null;
            _missed.Remove(slot);
            context.Told.Remove(slot.Vcpu);
            _notices.TryAdd(slot, new HypercallNotices(context.Log, context.Guest, context.Endpoint, slot.Vcpu, slot.Counters));
            source.TellWatched(context.Log, context.Guest, slot.Vcpu, context.Endpoint, found.Thread);
        }
    }

    private bool TryWatch(IHypercallWatch watch, int shard)
    {
        bool there = context.Shards.TryWatch(watch, shard, Failed);
        if (there)
        {
            _watches.Add(watch.Slot, watch);
        }

        return there;

        void Failed(Win32Exception e) => watch.Slot.Unobserved = $"its hypercalls cannot be waited for: {e.Message}";
    }

    // While QEMU starts its threads are not there yet: that is told only when it lasts.
    private void Tell(IHypercallSlot slot, string problem)
    {
        if (_ended)
        {
            return;
        }

        if (!_missed.Add(slot))
        {
            slot.Unobserved = problem;
            if (context.Told.GetValueOrDefault(slot.Vcpu) != problem)
            {
                context.Told[slot.Vcpu] = problem;
                source.TellUnwatched(context.Log, context.Guest, slot.Vcpu, context.Endpoint, problem);
            }
        }
    }
}
