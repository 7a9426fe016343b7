using PollScale.GuestChannel;
using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.Transports;

/// <summary>
/// Calls over DPDK's guest channel: a virtio-serial port to hoststub serve or to DPDK's vm_power_manager on the host. Make and use it on one thread.
/// </summary>
/// <remarks>
/// The channel knows only MAX, MIN, one step up and one step down. The fastest and slowest P-state are reached exactly; one between is reached by
/// steps from the last known, or from MAX when none is known or that is shorter: never by way of a slower one than asked for. The host tells whether it
/// took a step, not where that led: where something else changes the frequency too, or the table is not the host's, what is reported here is wrong until
/// the next MAX or MIN. <see cref="GuestChannelOptions.ReadBack"/> asks instead of counting. Nothing is sent for the P-state in effect.
/// </remarks>
internal sealed class GuestChannelTransport : IFrequencyTransport
{
    private const int Unknown = -1;
    private readonly GuestChannelLink _link;
    private readonly bool _readBack;
    private readonly bool _assumes;
    private int _position = Unknown;

    /// <summary>Finds and opens the port.</summary>
    /// <param name="options">Which port, and what is known of the host; null takes the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="FrequencyControlUnavailableException">There is no port, nobody serves it, or the host tells no frequencies and no table was given.</exception>
    public GuestChannelTransport(GuestChannelOptions? options = null)
        : this(Checked(options), null)
    {
    }

    internal GuestChannelTransport(GuestChannelOptions options, StreamDescriptor? port)
    {
        options.Validate();
        port ??= GuestChannelPort.Open(options.Path ?? GuestChannelPort.Find(options.Root, options.Lcore));
        _link = new GuestChannelLink(port, options.Lcore, options.GuestName, options.ReplyTimeout);
        _readBack = options.ReadBack;
        _assumes = options.ReplyTimeout == TimeSpan.Zero;
        try
        {
            if (_link.Send(ChannelCommand.Connect) != GuestChannelOutcome.Answered)
            {
                throw new FrequencyControlUnavailableException(
                    "The guest channel's port takes no packet: on the host nobody is connected to its socket. Start hoststub serve or DPDK's vm_power_manager there.");
            }

            PStates = options.PStates ?? GuestChannelDiscovery.Learn(_link);
        }
        catch
        {
            _link.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Doorbell => "guest-channel";

    /// <inheritdoc/>
    public PStateTable PStates { get; }

    /// <summary>True: the answers to the calls tell.</summary>
    public bool ControlGranted => true;

    /// <summary>False: the channel has no way to tell.</summary>
    public bool Emulated => false;

    /// <inheritdoc/>
    public uint StretchQ16 => StatusPageLayout.StretchOne;

    /// <summary>Replies to earlier requests that were read and passed over.</summary>
    public ulong StaleReplies => _link.StaleReplies;

    /// <inheritdoc/>
    /// <remarks>A refusal (NACK) gives <see cref="FrequencyStatus.Denied"/>, a full port <see cref="FrequencyStatus.Throttled"/> with nothing sent, a lost reply
    /// or a closed host end <see cref="FrequencyStatus.BackendFailed"/>; after the last the P-state is not known, and the next request starts from MAX.</remarks>
    public FrequencyReply Call(FrequencyCall call)
    {
        // From nowhere no step leads to a known place: the fastest is the harmless one to start from.
        FrequencyReply reply = CallMeaning.Answer(call, PStates, _position == Unknown ? PStates.FastestAllowed : _position, out int target);
        return target >= 0 ? Set(target) : call.Op == FrequencyOp.GetPState && !reply.IsError ? Get() : reply;
    }

    /// <inheritdoc/>
    public void Dispose() => _link.Dispose();

    private static GuestChannelOptions Checked(GuestChannelOptions? options) => options ?? new GuestChannelOptions();

    private FrequencyReply Get()
    {
        if (_position == Unknown || _readBack)
        {
            _ = ReadBack();
        }

        return _position == Unknown ? new FrequencyReply(FrequencyStatus.BackendFailed) : new FrequencyReply(_position);
    }

    private FrequencyReply Set(int target)
    {
        if (_assumes && _link.TakeLateRefusal())
        {
            _position = Unknown;
        }

        if (target == _position)
        {
            return new FrequencyReply(target);
        }

        FrequencyStatus status = Move(target);
        if (status != FrequencyStatus.Granted)
        {
            return new FrequencyReply(status);
        }

        return !_readBack || ReadBack() ? new FrequencyReply(_position == Unknown ? target : _position) : new FrequencyReply(FrequencyStatus.BackendFailed);
    }

    private FrequencyStatus Move(int target)
    {
        if (target == PStates.FastestAllowed)
        {
            return Send(ScaleUnit.Max, 1, target);
        }

        if (target == PStates.SlowestAllowed)
        {
            return Send(ScaleUnit.Min, 1, target);
        }

        if (_position == Unknown || Math.Abs(target - _position) > 1 + target - PStates.FastestAllowed)
        {
            FrequencyStatus status = Send(ScaleUnit.Max, 1, PStates.FastestAllowed);
            if (status != FrequencyStatus.Granted)
            {
                return status;
            }
        }

        return target > _position
            ? Send(ScaleUnit.Down, target - _position, target)
            : Send(ScaleUnit.Up, _position - target, target);
    }

    private FrequencyStatus Send(ScaleUnit unit, int count, int target)
    {
        GuestChannelOutcome outcome = _link.Scale(unit, count, out int acked);
        bool steps = unit is ScaleUnit.Up or ScaleUnit.Down;
        switch (outcome)
        {
            case GuestChannelOutcome.Answered when acked == count:
                _position = target;
                return FrequencyStatus.Granted;
            case GuestChannelOutcome.Answered:
                _position += !steps ? 0 : unit == ScaleUnit.Down ? acked : -acked;
                return FrequencyStatus.Denied;
            case GuestChannelOutcome.Full:
                return FrequencyStatus.Throttled;
            default:
                _position = Unknown;
                return FrequencyStatus.BackendFailed;
        }
    }

    private bool ReadBack()
    {
        _position = _link.AskFrequency(out uint kHz) == GuestChannelOutcome.Answered && kHz > 0 ? PStates.Nearest(kHz) : Unknown;
        return _position != Unknown;
    }
}
