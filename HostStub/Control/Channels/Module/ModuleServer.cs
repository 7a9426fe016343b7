using Microsoft.Extensions.Logging;
using PollScale.Clock;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Policy.Compiled;
using PollScale.HostStub.Policy.Cores;
using PollScale.HostStub.Policy.Patience;
using PollScale.Native;
using PollScale.Placement;

namespace PollScale.HostStub.Channels.Module;

/// <summary>
/// Has the kernel module answer the hypercalls of guests' vCPUs: finds their threads, grants, follows VMs that come and go, and takes the module's records to the
/// audit. On a thread of its own, which waits for no guest and no file; what does runs beside it.
/// </summary>
internal sealed class ModuleServer : IDisposable
{
    /// <summary>Between two looks at the module's records, in ms: it keeps 4,096.</summary>
    public const int RecordsMs = 100;

    /// <summary>Between two looks for vCPUs that are not granted, in ms.</summary>
    public const long SearchMs = 1000;

    private readonly OpenModule _open;
    private readonly FindVcpuThread _find;
    private readonly ILogger _log;
    private readonly HostThread _thread;
    private readonly ModuleRecords _records;
    private readonly AutoResetEvent _wake = new(false);
    private readonly HashSet<string> _searching = []; // guests; itself its lock
    private volatile ModuleVcpu[] _vcpus = [];
    private volatile bool _stop;
    private IModuleDevice? _device;

    /// <param name="open">Opens the module.</param>
    /// <param name="find">Finds threads.</param>
    /// <param name="log">Takes what the operator should know.</param>
    /// <param name="failed">Takes what ended the thread, should anything.</param>
    public ModuleServer(OpenModule open, FindVcpuThread find, ILogger log, Action<Exception> failed)
    {
        (_open, _find, _log) = (open, find, log);
        _records = new ModuleRecords(log);
        _thread = new HostThread("module", Serve, failed, Threads.SmallStack);
    }

    /// <summary>The vCPUs, for reports; from any thread.</summary>
    public IReadOnlyList<ModuleVcpu> Vcpus => _vcpus;

    /// <summary>Begins.</summary>
    public void Start() => _thread.Start();

    /// <summary>Serves another set from now on. What is not in it any more was ended by the policy that took it away. By one thread at a time.</summary>
    public void Update(IReadOnlyList<ModuleBinding> bindings)
    {
        Dictionary<(string, int), ModuleVcpu> before = _vcpus.ToDictionary(vcpu => (vcpu.GuestName, vcpu.Vcpu));
        List<ModuleVcpu> vcpus = [];
        foreach (ModuleBinding binding in bindings)
        {
            if (before.TryGetValue((binding.Guest, binding.Vcpu), out ModuleVcpu? known))
            {
                known.Binding = binding;
            }

            vcpus.Add(known ?? new ModuleVcpu(binding));
        }

        _vcpus = [.. vcpus];
        _wake.Set();
    }

    /// <summary>Ends all grants and the thread.</summary>
    /// <param name="patience">Longest wait for the thread.</param>
    public void Stop(TimeSpan patience)
    {
        _stop = true;
        _wake.Set();
        if (_thread.IsAlive && !_thread.Join(patience))
        {
            return;
        }

        foreach (ModuleVcpu vcpu in _vcpus)
        {
            vcpu.Binding.Service.EndKernelGrant(TscClock.Now);
        }

        Close();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_thread.IsAlive)
        {
            Close();
            _wake.Dispose();
        }
    }

    private void Serve()
    {
        Deadline search = Deadline.After(Deadline.Now, 0);
        while (!_stop)
        {
            if (_device is not null)
            {
                _records.Take(_device);
            }

            long now = Deadline.Now;
            ModuleVcpu[] vcpus = _vcpus;
            _records.Tell(now);
            bool ended = Follow(vcpus);
            if (ended || search.IsDue(now))
            {
                search = Deadline.After(now, SearchMs);
                Search(vcpus);
            }

            if (vcpus.Length == 0)
            {
                Close(); // so that it can be unloaded
            }

            _wake.WaitOne(vcpus.Length == 0 ? Timeout.Infinite : RecordsMs);
        }
    }

    // True when a grant has ended, whoever ended it: another one may be made at once.
    private bool Follow(ModuleVcpu[] vcpus)
    {
        bool ended = false;
        foreach (ModuleVcpu vcpu in vcpus)
        {
            if (vcpu is { IsTaken: true, IsConnected: false })
            {
                (ended, vcpu.IsTaken) = (true, false);
                vcpu.Ungranted = "its grant has ended; it is looked for again.";
                ModuleLog.HypercallGrantEnded(_log, vcpu.GuestName, vcpu.Vcpu);
            }
        }

        return ended;
    }

    private void Search(ModuleVcpu[] vcpus)
    {
        ModuleVcpu[] missing = [.. vcpus.Where(vcpu => !vcpu.IsConnected && !vcpu.IsTaken)]; // one whose end is not told yet waits for that
        foreach (ModuleVcpu vcpu in vcpus)
        {
            vcpu.Count();
            vcpu.Unrecorded = _records.Lost;
        }

        if (missing.Length == 0)
        {
            return;
        }

        string problem = "";
        if ((_device ??= _open(out problem)) is not IModuleDevice device)
        {
            Array.ForEach(missing, vcpu => Tell(vcpu, problem));
            return;
        }

        foreach (IGrouping<string, ModuleVcpu> guest in missing.GroupBy(vcpu => vcpu.GuestName))
        {
            lock (_searching)
            {
                if (!_searching.Add(guest.Key))
                {
                    continue; // its user's files hang
                }
            }

            ModuleVcpu[] looked = [.. guest];
            new HostThread("grants", () => Search(device, guest.Key, looked), stackBytes: Threads.SmallStack).Start();
        }
    }

    private void Search(IModuleDevice device, string guest, ModuleVcpu[] missing)
    {
        try
        {
            int? process = missing[0].Binding.Process(out string problem);
            foreach (ModuleVcpu vcpu in missing)
            {
                Tell(vcpu, process is int known ? TryGrant(device, vcpu, known) : problem);
            }
        }
        finally
        {
            lock (_searching)
            {
                _searching.Remove(guest);
            }
        }
    }

    /// <returns>Why not; null where it is granted.</returns>
    private string? TryGrant(IModuleDevice device, ModuleVcpu vcpu, int process)
    {
        VcpuService service = vcpu.Binding.Service;
        if (service.Grantable is not { Compiled: CompiledPolicy policy })
        {
            return service.WhyNotGrantable;
        }

        using ProcessDescriptor? life = ProcessDescriptor.TryOpen(process);
        if (life is null)
        {
            return $"process {process} has ended.";
        }

        if (_find(process, vcpu.Vcpu, out string problem) is not VcpuThread thread)
        {
            return problem;
        }

        int error = device.Grant(thread, vcpu.Vcpu, policy, out ulong id);
        if (error != 0)
        {
            return ModuleErrors.OfGrant(error, thread, policy);
        }

        ModuleGrant grant = new(device, id, policy);
        _records.Expect(id, vcpu);

        // While it lives nobody else has its number; and it was the VM's all the time where it is now.
        if (life.HasEnded || vcpu.Binding.Process(out _) != process)
        {
            grant.End();
            return $"process {process} ended while it was granted.";
        }

        if (!service.TryTakeGrant(grant, TscClock.Now))
        {
            grant.End();
            return "its policy was changed, or its clock could not be set, while it was granted; it is tried again.";
        }

        vcpu.Take(grant);
        ModuleLog.HypercallsAnswered(_log, vcpu.GuestName, vcpu.Vcpu, process, thread.Thread);
        return null;
    }

    // While QEMU starts its threads are not there yet: that is told only when it lasts.
    private void Tell(ModuleVcpu vcpu, string? problem)
    {
        vcpu.Ungranted = problem;
        if (problem is null || _stop)
        {
            return;
        }

        if (!vcpu.Missed)
        {
            vcpu.Missed = true;
        }
        else if (vcpu.Told != problem)
        {
            vcpu.Told = problem;
            ModuleLog.HypercallsUnanswered(_log, vcpu.GuestName, vcpu.Vcpu, problem);
        }
    }

    private void Close()
    {
        if (_device is IModuleDevice device)
        {
            _records.Take(device);
            _records.Forget();
            device.Dispose();
            _device = null;
        }
    }
}
