using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Region;
using PollScale.Tests.Shared;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.Transports.Region;

/// <summary>A machine with a shared-memory device, as sysfs shows one, and the host behind it: ordinary files, served on call or by a thread.</summary>
internal sealed unsafe class RegionLab : IDisposable
{
    public const uint FirstApicId = 40;
    private const uint Peer = 3;
    private readonly TemporaryFolder _root = new();
    private readonly MappedRegion _memory;
    private readonly MappedRegion _registers;
    private readonly LoopbackTransport[] _hosts;
    private readonly uint[] _served;
    private readonly uint[] _locks;
    private Thread? _thread;
    private volatile bool _ended;

    public RegionLab(int vcpus = 2, RegionFlags flags = RegionFlags.ControlGranted, PStateTable? table = null)
    {
        table ??= FakeHost.Table();
        _hosts = [.. Enumerable.Range(0, vcpus).Select(_ => new LoopbackTransport(table))];
        _served = new uint[vcpus];
        _locks = new uint[vcpus];
        AddDevice("0000:00:03.0", "0x8086");
        Device = AddDevice("0000:00:05.0", "0x1af4");
        _memory = MappedRegion.MapPath(Path.Combine(Device, "resource2"), LibC.O_RDWR, 0, RegionLayout.Size, LibC.PROT_READ | LibC.PROT_WRITE);
        _registers = MappedRegion.MapPath(Path.Combine(Device, "resource0"), LibC.O_RDWR, 0, 4096, LibC.PROT_READ | LibC.PROT_WRITE);
        WriteHeader(flags, table);
    }

    public string Root => _root.Path;

    public string Device { get; }

    public RegionOptions Options => new() { Root = Root, AnswerTimeout = TimeSpan.FromSeconds(5) };

    /// <summary>The register that rings.</summary>
    public uint Rung
    {
        get => Volatile.Read(ref *(uint*)(_registers.Address + RegionLayout.DoorbellRegister));
        set => Volatile.Write(ref *(uint*)(_registers.Address + RegionLayout.DoorbellRegister), value);
    }

    public RegionReader Reader => new(_memory.Address);

    /// <summary>What the host answers with from here on.</summary>
    public FrequencyStatus Fault { set => Array.ForEach(_hosts, host => host.Fault = value); }

    /// <summary>The host answers, but shows in the status only what <see cref="Show"/> says.</summary>
    public bool AppliesLater { get; set; }

    public ref uint this[int offset] => ref *(uint*)(_memory.Address + offset);

    public ref ulong Wide(int offset) => ref *(ulong*)(_memory.Address + offset);

    public LoopbackTransport Host(int vcpu = 0) => _hosts[vcpu];

    public RequestWord Request(int vcpu = 0) => new(Wide(RegionLayout.Slot(vcpu)));

    /// <summary>No test executes the instruction.</summary>
    public static HypercallAccess NoInstruction { get; } = new(() => throw new InvalidOperationException("nobody asked for it"), (_, _) => throw new InvalidOperationException("nobody asked for it"));

    public static CpuidReader Cpu(int vcpu) => (leaf, _) => leaf switch
    {
        0 => new(0xB, 0, 0, 0),
        0xB => new(0, 1, 0, FirstApicId + (uint)vcpu),
        _ => default,
    };

    /// <summary>Opens the transport of a vCPU, served by a thread until it is open.</summary>
    public RegionTransport Open(int vcpu = 0, RegionOptions? options = null, HypercallAccess? hypercalls = null)
    {
        bool alone = _thread is null;
        Start();
        ThreadAffinity.Get(out cpu_set_t before);
        try
        {
            Assert.Equal(0, ThreadAffinity.Pin(Enumerable.Range(0, cpu_set_t.CPU_SETSIZE).First(before.IsSet)));
            return RegionTransport.Open(options ?? Options, Cpu(vcpu), hypercalls ?? NoInstruction);
        }
        finally
        {
            ThreadAffinity.Set(before);
            if (alone)
            {
                Stop();
            }
        }
    }

    public void Beat() => Wide(RegionLayout.HeartbeatField)++;

    /// <summary>Serves what is there.</summary>
    public void Serve()
    {
        for (int vcpu = 0; vcpu < _hosts.Length; vcpu++)
        {
            RequestWord word = new(Volatile.Read(ref Wide(RegionLayout.Slot(vcpu))));
            if (word.Sequence != _served[vcpu])
            {
                _served[vcpu] = word.Sequence;
                FrequencyReply reply = _hosts[vcpu].Call(word.Call);
                if (!AppliesLater)
                {
                    Show(vcpu, _hosts[vcpu].PState, word.Sequence);
                }

                Wide(RegionLayout.Slot(vcpu) + RegionLayout.ResultField) = (ulong)reply.Value;
                Volatile.Write(ref this[RegionLayout.Slot(vcpu) + RegionLayout.EchoField], word.Sequence);
            }
        }
    }

    /// <summary>Shows a P-state in force.</summary>
    public void Show(int vcpu, int pState, uint sequence)
    {
        int status = RegionLayout.Status(vcpu);
        Volatile.Write(ref this[status], ++_locks[vcpu]);
        this[status + StatusPageLayout.PState] = (uint)pState;
        this[status + RegionLayout.AppliedSequenceField] = sequence;
        Volatile.Write(ref this[status], ++_locks[vcpu]);
    }

    /// <summary>Another host takes the region over.</summary>
    public void TakeOver(PStateTable table)
    {
        Wide(RegionLayout.NonceField)++;
        WriteTable(table);
        Array.Clear(_served);
        for (int vcpu = 0; vcpu < _hosts.Length; vcpu++)
        {
            _hosts[vcpu] = new LoopbackTransport(table);
            _served[vcpu] = this[RegionLayout.Slot(vcpu) + RegionLayout.EchoField];
        }
    }

    public void Start()
    {
        if (_thread is null)
        {
            _ended = false;
            _thread = new Thread(() =>
            {
                while (!_ended)
                {
                    Serve();
                    Beat(); // who is slow to be opened must not take the host for gone
                    Thread.Yield();
                }
            });
            _thread.Start();
        }
    }

    public void Stop()
    {
        _ended = true;
        _thread?.Join();
        _thread = null;
    }

    public string AddDevice(string name, string vendor)
    {
        string folder = Path.Combine(Root, "sys/bus/pci/devices", name);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "vendor"), vendor + "\n");
        File.WriteAllText(Path.Combine(folder, "device"), "0x1110\n");
        File.WriteAllBytes(Path.Combine(folder, "resource0"), new byte[256]);
        File.WriteAllBytes(Path.Combine(folder, "resource2"), new byte[RegionLayout.Size]);
        return folder;
    }

    public void Dispose()
    {
        Stop();
        _memory.Dispose();
        _registers.Dispose();
        _root.Dispose();
    }

    private void WriteHeader(RegionFlags flags, PStateTable table)
    {
        RegionLayout.Magic.CopyTo(new Span<byte>(_memory.Address, RegionLayout.Magic.Length));
        (this[RegionLayout.VersionField], this[RegionLayout.AbiVersionField]) = (RegionLayout.Version, HypercallAbi.Version);
        (this[RegionLayout.FlagsField], this[RegionLayout.VcpusField], this[RegionLayout.DoorbellPeerField]) = ((uint)flags, (uint)_hosts.Length, Peer);
        (this[RegionLayout.SlotOffsetField], this[RegionLayout.SlotStrideField]) = (RegionLayout.SlotOffset, RegionLayout.SlotStride);
        (this[RegionLayout.StatusOffsetField], this[RegionLayout.StatusStrideField]) = (RegionLayout.StatusOffset, RegionLayout.StatusStride);
        Wide(RegionLayout.NonceField) = 77;
        WriteTable(table);
        for (int vcpu = 0; vcpu < _hosts.Length; vcpu++)
        {
            this[RegionLayout.ApicIdsField + (sizeof(uint) * vcpu)] = FirstApicId + (uint)vcpu;
        }
    }

    private void WriteTable(PStateTable table)
    {
        (this[RegionLayout.PStatesField], this[RegionLayout.FastestAllowedField]) = ((uint)table.Count, (uint)table.FastestAllowed);
        (this[RegionLayout.SlowestAllowedField], this[RegionLayout.TransitionLatencyNsField]) = ((uint)table.SlowestAllowed, table.TransitionLatencyNs);
        table.KHz.CopyTo(new Span<uint>(_memory.Address + RegionLayout.KHzField, HypercallAbi.MaxPStates));
    }
}
