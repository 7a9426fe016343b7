using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Policy.Compiled;
using PollScale.Native;

namespace PollScale.HostStub.Channels.Module;

/// <summary>The kernel module pollscale_kvm by its device.</summary>
// SAFETY: structs lie on the stack or are pinned for the call and have the header's layout, which a test compares by compiled C; the descriptor stays open while a call uses it.
internal sealed unsafe class ModuleDevice : IModuleDevice
{
    /// <summary>Where it is.</summary>
    public const string DevicePath = "/dev/pollscale";

    private readonly SafeFileHandle _file;

    private ModuleDevice(SafeFileHandle file) => _file = file;

    /// <summary>Opens it; nothing is granted.</summary>
    /// <param name="problem">Why it cannot be opened, with what to do.</param>
    /// <returns>Null where it cannot.</returns>
    [SuppressMessage("Reliability", "CA2000", Justification = "The device has it.")]
    public static IModuleDevice? Open(out string problem)
    {
        int fd = LibC.open(DevicePath, LibC.O_RDWR | LibC.O_CLOEXEC);
        problem = fd < 0 ? ModuleErrors.OfOpen(LibC.errno) : "";
        return fd < 0 ? null : new ModuleDevice(new SafeFileHandle(fd, ownsHandle: true));
    }

    /// <summary>Why hypercalls cannot be answered by the module here, with what to do; null where they can. Nothing is granted.</summary>
    public static string? WhyNot()
    {
        using IModuleDevice? device = Open(out string problem);
        return device is null ? problem : null;
    }

    /// <inheritdoc/>
    public int Grant(VcpuThread thread, int vcpu, CompiledPolicy policy, out ulong id)
    {
        pollscale_kvm_grant grant = Entry(thread, vcpu, policy);
        int error = Call(ModuleAbi.GRANT, &grant);
        id = grant.id;
        return error;
    }

    /// <inheritdoc/>
    public int Withdraw(ulong id) => Call(ModuleAbi.WITHDRAW, &id);

    /// <inheritdoc/>
    public int Look(ulong id, out ModuleState state)
    {
        pollscale_kvm_state raw = new() { size = (uint)sizeof(pollscale_kvm_state), version = ModuleAbi.VERSION, id = id };
        int error = Call(ModuleAbi.STATE, &raw);
        ulong calls = 0;
        for (int i = 0; i < ModuleAbi.VERDICTS; i++)
        {
            calls += raw.calls[i];
        }

        state = new ModuleState(raw.live != 0, raw.wish, raw.last_call_ns, calls);
        return error;
    }

    /// <inheritdoc/>
    public int Rest(ulong id, ulong lastCallNs, uint kHz)
    {
        pollscale_kvm_rest rest = new() { size = (uint)sizeof(pollscale_kvm_rest), version = ModuleAbi.VERSION, id = id, last_call_ns = lastCallNs, khz = kHz };
        return Call(ModuleAbi.REST, &rest);
    }

    /// <inheritdoc/>
    public int Read(Span<pollscale_kvm_record> room)
    {
        bool held = false;
        try
        {
            _file.DangerousAddRef(ref held);
            fixed (pollscale_kvm_record* records = room)
            {
                nint done = LibC.read((int)_file.DangerousGetHandle(), records, (nuint)(room.Length * sizeof(pollscale_kvm_record)));
                return done >= 0 ? (int)(done / sizeof(pollscale_kvm_record)) : LibC.errno is LibC.EAGAIN or LibC.EINTR ? 0 : -LibC.errno;
            }
        }
        catch (ObjectDisposedException)
        {
            return -LibC.EBADF;
        }
        finally
        {
            Release(held);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    internal static pollscale_kvm_grant Entry(VcpuThread thread, int vcpu, CompiledPolicy policy)
    {
        pollscale_kvm_grant grant = new()
        {
            size = (uint)sizeof(pollscale_kvm_grant),
            version = ModuleAbi.VERSION,
            tgid = thread.Process,
            tid = thread.Thread,
            start_ticks = thread.StartTicks,
            vcpu = (uint)vcpu,
            pcpu = (uint)policy.Pcpu,
            flags = (policy.Control ? ModuleAbi.CONTROL : 0) | (policy.Queries ? ModuleAbi.QUERIES : 0),
            pstates = (uint)policy.Table.Count,
            fastest = (uint)policy.Table.FastestAllowed,
            slowest = (uint)policy.Table.SlowestAllowed,
            calls_per_second = (uint)policy.CallsPerSecond,
            burst = (uint)policy.Burst,
        };
        for (int i = 0; i < policy.Table.Count; i++)
        {
            grant.khz[i] = policy.Table[i];
        }

        return grant;
    }

    private int Call(uint request, void* argument)
    {
        bool held = false;
        try
        {
            _file.DangerousAddRef(ref held);
            int result;
            do
            {
                result = LibC.ioctl((int)_file.DangerousGetHandle(), request, argument);
            }
            while (result < 0 && LibC.errno == LibC.EINTR);

            return result < 0 ? LibC.errno : 0;
        }
        catch (ObjectDisposedException)
        {
            return LibC.EBADF;
        }
        finally
        {
            Release(held);
        }
    }

    private void Release(bool held)
    {
        if (held)
        {
            _file.DangerousRelease();
        }
    }
}
