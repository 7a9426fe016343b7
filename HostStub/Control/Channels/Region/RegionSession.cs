using System.ComponentModel;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.Hypercall;

namespace PollScale.HostStub.Channels.Region;

/// <summary>
/// One VM's time with its region: its page and which shard serves which doorbell. Belongs to the regions' thread; a shard that hangs holds up nothing but
/// the end of the page.
/// </summary>
internal sealed class RegionSession
{
    private readonly RegionServer _server;
    private readonly RegionMemory _memory;
    private readonly Dictionary<int, RegionDoorbell> _doorbells = [];
    private readonly HashSet<RegionDoorbell> _moving = [];
    private readonly bool _continues;
    private readonly int _process;
    private readonly HypercallContext _context;
    private HypercallSession? _hypercalls;
    private RegionBinding _binding;
    private Dictionary<int, ServedVcpu> _vcpus;
    private (PStateTable Table, bool Granted)[] _described = [];
    private (bool Observed, bool Answered) _describedHypercalls;
    private bool _isPlaced;
    private bool _ended;

    /// <param name="server">Knows the shards.</param>
    /// <param name="memory">The page; it ends with this.</param>
    /// <param name="binding">What is served.</param>
    /// <param name="vcpus">Its vCPUs.</param>
    /// <param name="continues">Another process of this host has served it so far.</param>
    /// <param name="process">The VM's process.</param>
    /// <param name="context">What its hypercalls are served with.</param>
    public RegionSession(RegionServer server, RegionMemory memory, RegionBinding binding, Dictionary<int, ServedVcpu> vcpus, bool continues, int process, HypercallContext context)
    {
        (_server, _memory, _binding, _vcpus, _continues, _process, _context) = (server, memory, binding, vcpus, continues, process, context);
        Bind(binding, vcpus);
    }

    /// <summary>Goes on under another configuration.</summary>
    public void Bind(RegionBinding binding, Dictionary<int, ServedVcpu> vcpus)
    {
        (_binding, _vcpus, _described, _isPlaced) = (binding, vcpus, [], false);
        BindHypercalls();
        foreach ((int number, RegionDoorbell doorbell) in _doorbells.ToArray())
        {
            if (!vcpus.TryGetValue(number, out ServedVcpu? vcpu) || vcpu != doorbell.Vcpu)
            {
                _doorbells.Remove(number);
                Retire(doorbell, doorbell.Vcpu.Binding.Left);
            }
        }

        foreach ((int number, ServedVcpu vcpu) in vcpus)
        {
            if (number >= _memory.Doorbells.Count)
            {
                vcpu.LeftOut = "its VM came before the policy named this vCPU: take the device out and put it in again, or restart the VM.";
            }
            else if (!_doorbells.ContainsKey(number))
            {
                RegionDoorbell doorbell = new(vcpu, _memory, binding.Polls);
                if (_continues)
                {
                    doorbell.Continue();
                }

                _doorbells.Add(number, doorbell);
            }
        }
    }

    /// <summary>What time brings; every heartbeat.</summary>
    /// <param name="tell">Told of a vCPU that has no slot, and why.</param>
    public void Tick(Action<int, string> tell)
    {
        _hypercalls?.Tick(_doorbells.Values);
        Describe(tell);
        _memory.Writer.Beat();
        if (!_isPlaced)
        {
            _isPlaced = true;
            foreach (RegionDoorbell doorbell in _doorbells.Values)
            {
                _isPlaced &= Place(doorbell);
            }
        }
    }

    /// <summary>The VM has gone: its wishes go, and its page when no shard uses it any more.</summary>
    public void End()
    {
        _ended = true;
        _hypercalls?.End();
        foreach (RegionDoorbell doorbell in _doorbells.Values.ToArray())
        {
            Retire(doorbell, doorbell.Vcpu.Binding.Left);
        }

        _doorbells.Clear();
        DisposeWhenUnused();
    }

    private (bool Observed, bool Answered) Hypercalls => (_hypercalls is { IsHeard: true }, _binding.IsAnswered());

    private void BindHypercalls()
    {
        if (_hypercalls is not null && _hypercalls.Source != _binding.Hypercalls)
        {
            _hypercalls.End();
            _hypercalls = null;
        }

        if (_binding.Hypercalls is IHypercallSource source)
        {
            _hypercalls ??= new HypercallSession(source, _process, PlaceOf, _context);
        }
    }

    private int? PlaceOf(IHypercallSlot slot) => slot is RegionDoorbell doorbell && !_moving.Contains(doorbell) && !_ended ? _server.Shards.WatcherOf(doorbell) : null;

    // What a header says of the guest: another one is written when any of it is another.
    private void Describe(Action<int, string> tell)
    {
        if (IsDescribed())
        {
            return;
        }

        _described = [.. _binding.Vcpus.Select(vcpu => (vcpu.Service.PStates, vcpu.Service.Granted))];
        _describedHypercalls = Hypercalls;
        IReadOnlyList<int> others = _memory.Describe(_binding, _describedHypercalls.Observed, _describedHypercalls.Answered);
        _hypercalls?.Described();
        foreach (ServedVcpu vcpu in _vcpus.Values.Where(vcpu => vcpu.Vcpu < _memory.Doorbells.Count))
        {
            string? problem = others.Contains(vcpu.Vcpu) ? "its pCPU has other P-states than that of the guest's first vCPU, and a region has one table: it has no slot." : null;
            if (problem is not null && vcpu.LeftOut != problem)
            {
                tell(vcpu.Vcpu, problem);
            }

            vcpu.LeftOut = problem;
        }
    }

    private bool IsDescribed()
    {
        bool same = _described.Length == _binding.Vcpus.Count && _describedHypercalls == Hypercalls;
        for (int i = 0; same && i < _described.Length; i++)
        {
            IFrequencyService service = _binding.Vcpus[i].Service;
            same = ReferenceEquals(_described[i].Table, service.PStates) && _described[i].Granted == service.Granted;
        }

        return same;
    }

    /// <returns>False when it has to be looked at again.</returns>
    private bool Place(RegionDoorbell doorbell)
    {
        int wanted = _binding.Polls ? RegionServer.SpinningShard : doorbell.Vcpu.Binding.Shard;
        int? present = _server.Shards.WatcherOf(doorbell);
        if (_moving.Contains(doorbell))
        {
            return false;
        }

        if (present is null)
        {
            return _server.Shards.TryWatch(doorbell, wanted, Failed); // where the shard is not there yet, the next beat tries again
        }

        if (present != wanted)
        {
            Retire(doorbell, () => { });
        }

        return present == wanted;

        void Failed(Win32Exception e) => doorbell.Vcpu.LeftOut = $"its doorbell cannot be waited for: {e.Message}";
    }

    private void Retire(RegionDoorbell doorbell, Action then)
    {
        _hypercalls?.Release(doorbell); // first of all: a slot is served by one shard at a time
        _moving.Add(doorbell);
        _server.Shards.Unwatch(doorbell, () =>
        {
            then();
            _server.Post(() =>
            {
                _moving.Remove(doorbell);
                DisposeWhenUnused();
            });
        });
    }

    private void DisposeWhenUnused()
    {
        if (_ended && _moving.Count == 0)
        {
            _memory.Dispose();
        }
    }
}
