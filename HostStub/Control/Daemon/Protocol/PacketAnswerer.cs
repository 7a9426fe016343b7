using PollScale.GuestChannel;
using PollScale.Hypercall;

namespace PollScale.HostStub.Daemon.Protocol;

/// <summary>
/// Answers the packets of one channel as DPDK's daemon does, by this channel's service. The channel is the sender's whole identity:
/// a packet that names another vCPU or a host core is refused, and the VM's name in it is not read.
/// </summary>
/// <remarks>
/// Beyond DPDK's daemon, what it leaves unanswered though a guest waits (unknown units and commands, refused queries) gets a NACK; a refused
/// query's has the size of the reply asked for, so that the guest's stream stays aligned. CONNECT and POLICY_REMOVE stay unanswered: guests do
/// not read after them, and would take a reply for that of their next query. Policies for the host to follow are refused.
/// </remarks>
internal sealed class PacketAnswerer
{
    private readonly IFrequencyService _service;
    private readonly int _vcpu;
    private readonly ulong _resourceId;
    private readonly byte[] _name;
    private readonly TurboSwitch _turbo;
    private GuestVcpus _guest;
    private bool _allowQueries;

    public PacketAnswerer(ChannelBinding binding, GuestVcpus guest)
    {
        _service = binding.Service;
        _guest = guest;
        _vcpu = binding.Vcpu;
        _resourceId = (ulong)(binding.ResourceId ?? binding.Vcpu);
        _allowQueries = binding.AllowQueries;
        _name = ChannelPackets.VmName(binding.GuestName);
        _turbo = new TurboSwitch(binding.Service, binding.Vcpu);
    }

    /// <summary>True when the last packet was refused for want of budget.</summary>
    public bool WasThrottled { get; private set; }

    /// <summary>Goes on for the same vCPU with other queries allowed or other vCPUs beside it.</summary>
    public void Rebind(ChannelBinding binding, GuestVcpus guest) => (_guest, _allowQueries) = (guest, binding.AllowQueries);

    /// <summary>Answers one packet; never throws, never allocates.</summary>
    /// <param name="packet">464 bytes, hostile.</param>
    /// <param name="reply">Room for 464 bytes; whatever is there is overwritten as far as the reply goes.</param>
    /// <param name="tsc">TSC now.</param>
    /// <param name="kind">What became of it.</param>
    /// <returns>Bytes of the reply; 0 for none.</returns>
    public int Answer(ReadOnlySpan<byte> packet, Span<byte> reply, ulong tsc, out AnswerKind kind)
    {
        PacketHead head = PacketHead.Read(packet);
        WasThrottled = false;
        switch ((ChannelCommand)head.Command)
        {
            case ChannelCommand.CpuPower:
                kind = Scale(packet, head, tsc);
                return ChannelPackets.WriteAnswer(reply, packet, kind == AnswerKind.Acked ? ReplyCommand.Ack : ReplyCommand.Nack);
            case ChannelCommand.Connect or ChannelCommand.PktPolicyRemove:
                kind = AnswerKind.Silent;
                Charge(tsc);
                return 0;
            case ChannelCommand.PktPolicy:
                kind = AnswerKind.Unsupported;
                Charge(tsc);
                return ChannelPackets.WriteAnswer(reply, packet, ReplyCommand.Nack);
            case ChannelCommand.QueryFreq or ChannelCommand.QueryFreqList:
                return Query(reply[..GuestChannelAbi.FreqListBytes], ReplyCommand.FreqList, head, tsc, out kind);
            case ChannelCommand.QueryCaps or ChannelCommand.QueryCapsList:
                return Query(reply[..GuestChannelAbi.CapsListBytes], ReplyCommand.CapsList, head, tsc, out kind);
            default:
                kind = AnswerKind.Unknown;
                Charge(tsc);
                return ChannelPackets.WriteAnswer(reply, packet, ReplyCommand.Nack);
        }
    }

    private AnswerKind Scale(ReadOnlySpan<byte> packet, PacketHead head, ulong tsc)
    {
        if (packet[ChannelPacketLayout.CoreType] != 0 || head.ResourceId != _resourceId)
        {
            Charge(tsc);
            return AnswerKind.Foreign;
        }

        FrequencyReply reply;
        switch ((ScaleUnit)head.Unit)
        {
            case ScaleUnit.Up:
                reply = _turbo.Up(tsc);
                break;
            case ScaleUnit.Down:
                reply = _service.Answer(_vcpu, new FrequencyCall(FrequencyOp.Step, -1), tsc);
                break;
            case ScaleUnit.Max:
                reply = _turbo.Max(tsc);
                break;
            case ScaleUnit.Min:
                reply = _service.Answer(_vcpu, new FrequencyCall(FrequencyOp.Min), tsc);
                break;
            case ScaleUnit.EnableTurbo or ScaleUnit.DisableTurbo:
                if (!_turbo.IsAvailable)
                {
                    Charge(tsc);
                    return AnswerKind.Unsupported;
                }

                reply = _turbo.Set((ScaleUnit)head.Unit == ScaleUnit.EnableTurbo, tsc);
                break;
            default:
                Charge(tsc);
                return AnswerKind.Unknown;
        }

        WasThrottled = reply.Status == FrequencyStatus.Throttled;
        return reply.IsError ? AnswerKind.Refused : AnswerKind.Acked;
    }

    // Whatever is asked costs the host the same.
    private void Charge(ulong tsc) => WasThrottled = _service.AnswerUnknown(_vcpu, tsc).Status == FrequencyStatus.Throttled;

    private int Query(Span<byte> reply, ReplyCommand command, PacketHead head, ulong tsc, out AnswerKind kind)
    {
        bool all = (ChannelCommand)head.Command is ChannelCommand.QueryFreqList or ChannelCommand.QueryCapsList;
        FrequencyReply state = _service.Answer(_vcpu, new FrequencyCall(FrequencyOp.GetPState), tsc); // pays, for a list too
        WasThrottled = state.Status == FrequencyStatus.Throttled;
        kind = !_allowQueries || _vcpu >= GuestChannelAbi.MaxVcpus || state.IsError ? AnswerKind.Refused
            : !all && head.ResourceId != _resourceId ? AnswerKind.Foreign
            : AnswerKind.Answered;
        ChannelPackets.WriteReply(reply, kind == AnswerKind.Answered ? command : ReplyCommand.Nack, head.ResourceId, _name);
        if (kind == AnswerKind.Answered)
        {
            ChannelPackets.SetVcpuCount(reply, command, _guest.Count);
            for (int vcpu = all ? 0 : _vcpu; vcpu <= (all ? GuestChannelAbi.MaxVcpus - 1 : _vcpu); vcpu++)
            {
                Describe(reply, command, vcpu);
            }
        }

        return reply.Length;
    }

    private void Describe(Span<byte> reply, ReplyCommand command, int vcpu)
    {
        if (_guest[vcpu] is not IFrequencyService service)
        {
            return;
        }

        if (command == ReplyCommand.CapsList)
        {
            ChannelPackets.SetCapabilities(reply, vcpu, TurboSwitch.Has(service.PStates));
        }
        else if ((uint)service.InForce is uint inForce && inForce < (uint)service.PStates.Count)
        {
            ChannelPackets.SetFrequency(reply, vcpu, service.PStates[(int)inForce]);
        }
    }
}
