using System.Collections.Concurrent;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Channels.Module;
using PollScale.HostStub.Policy.Compiled;
using PollScale.Native;

namespace PollScale.HostStub.Tests.Channels.Module;

/// <summary>A kernel module that does as told.</summary>
internal sealed class FakeModule : IModuleDevice
{
    private readonly ConcurrentQueue<pollscale_kvm_record> _records = [];
    private ulong _last;

    /// <summary>What it answers whoever wants a grant.</summary>
    public int Refusal { get; set; }

    /// <summary>Called before a grant is made, with its id.</summary>
    public Action<ulong> Granting { get; set; } = _ => { };

    /// <summary>What is in force, by id.</summary>
    public ConcurrentDictionary<ulong, (VcpuThread Thread, int Vcpu, CompiledPolicy Policy)> Grants { get; } = [];

    /// <summary>How each of them stands.</summary>
    public ModuleState State { get; set; } = new ModuleState(true, -1, 0, 0);

    public bool IsDisposed { get; private set; }

    public int Grant(VcpuThread thread, int vcpu, CompiledPolicy policy, out ulong id)
    {
        id = Refusal != 0 ? 0 : Interlocked.Increment(ref _last);
        if (Refusal == 0)
        {
            Granting(id);
            Grants[id] = (thread, vcpu, policy);
        }

        return Refusal;
    }

    public int Withdraw(ulong id) => Grants.TryRemove(id, out _) ? 0 : LibC.ENOENT;

    public int Look(ulong id, out ModuleState state)
    {
        state = State;
        return Grants.ContainsKey(id) ? 0 : LibC.ENOENT;
    }

    public int Rest(ulong id, ulong lastCallNs, uint kHz) => 0;

    public int Read(Span<pollscale_kvm_record> room)
    {
        int read = 0;
        while (read < room.Length && _records.TryDequeue(out room[read]))
        {
            read++;
        }

        return read;
    }

    public void Dispose()
    {
        IsDisposed = true;
        Grants.Clear();
    }

    /// <summary>Tells of a change.</summary>
    public void Tell(ulong grant, ushort pState, uint kHz, ulong lost = 0) => _records.Enqueue(new pollscale_kvm_record
    {
        time_ns = KernelClock.NowNs,
        grant = grant,
        argument = pState,
        reply = pState,
        lost = lost,
        op = 2,
        khz = kHz,
        pstate = pState,
    });
}
