using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Protocol;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Cores;
using PollScale.Hypercall;

namespace PollScale.HostStub.Channels.Module;

/// <summary>One vCPU whose hypercalls the module is to answer: counts and state, for reports. From any thread, but for what says otherwise.</summary>
/// <param name="binding">The vCPU.</param>
internal sealed class ModuleVcpu(ModuleBinding binding) : IReportedChannel
{
    private volatile ModuleBinding _binding = binding;
    private volatile ModuleGrant? _grant;
    private volatile string? _problem = "its VM is looked for.";
    private volatile bool _taken;
    private ulong _calls;
    private ulong _callsBefore;
    private ulong _unrecorded;

    /// <summary>What it was set up with.</summary>
    public ModuleBinding Binding
    {
        get => _binding;
        set => _binding = value;
    }

    /// <summary>The grant that was last made for it, in force or not; null for none.</summary>
    public ModuleGrant? Grant => _grant;

    /// <summary>Why it is not granted; null where it is.</summary>
    public string? Ungranted
    {
        get => _problem;
        set => _problem = value;
    }

    /// <summary>It was granted, and nobody has told yet that this has ended.</summary>
    public bool IsTaken
    {
        get => _taken;
        set => _taken = value;
    }

    /// <summary>What was told of it, so that it is not told every second.</summary>
    public string? Told { get; set; }

    /// <summary>A search has missed it: that is told only when it lasts.</summary>
    public bool Missed { get; set; }

    /// <inheritdoc/>
    public string GuestName => _binding.Guest;

    /// <inheritdoc/>
    public int Vcpu => _binding.Vcpu;

    /// <inheritdoc/>
    public int? Pcpu => _binding.Pcpu;

    /// <inheritdoc/>
    public string EndpointName => $"module:{ModuleDevice.DevicePath}";

    /// <inheritdoc/>
    public IFrequencyService Service => _binding.Service;

    /// <inheritdoc/>
    public bool IsConnected => _binding.Service.IsAnsweredInKernel;

    /// <inheritdoc/>
    public string? Problem => _binding.Trouble() ?? _problem;

    /// <inheritdoc/>
    public ChannelCounters Counters { get; } = new();

    /// <inheritdoc/>
    public (ulong Calls, ulong Unrecorded)? Answered => (Volatile.Read(ref _calls), Volatile.Read(ref _unrecorded));

    /// <summary>Calls of all vCPUs that the module had no room for a record of.</summary>
    public ulong Unrecorded
    {
        set => Volatile.Write(ref _unrecorded, value);
    }

    /// <summary>A grant is in force from now on.</summary>
    public void Take(ModuleGrant grant)
    {
        (_callsBefore, _grant, _problem, Told, Missed, _taken) = (Volatile.Read(ref _calls), grant, null, null, false, true);
        Counters.CountConnect();
    }

    /// <summary>Looks how many calls were answered.</summary>
    public void Count()
    {
        if (_grant?.Look() is KernelGrantState state)
        {
            Volatile.Write(ref _calls, _callsBefore + state.Calls);
        }
    }

    /// <summary>Counts and notes what the module tells of a call. On the thread that takes records.</summary>
    public void Note(in KernelCall call)
    {
        Counters.Count(call.Result switch
        {
            CallVerdict.UnknownCall or CallVerdict.Malformed => AnswerKind.Unknown,
            CallVerdict.Granted or CallVerdict.Clamped or CallVerdict.Unchanged => AnswerKind.Acked,
            _ => AnswerKind.Refused,
        });
        _binding.Service.NoteKernelCall(call);
    }
}
