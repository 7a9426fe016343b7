using PollScale.Clock;
using PollScale.GuestChannel;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.HostStub.Daemon.Protocol;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Daemon.Protocol;

public class PacketAnswererTests
{
    private static readonly PStateTable s_turbo = new([3_001_000, 3_000_000, 2_000_000, 1_000_000], 0, 3, 10_000);

    [Fact]
    public void Each_unit_has_its_effect_and_is_acked_by_the_request_copied_back()
    {
        ScriptedBackend backend = new(ChannelLab.Table, initial: 3);
        PacketAnswerer answerer = Answerer(backend);
        (ScaleUnit Unit, int Then)[] steps = [(ScaleUnit.Up, 2), (ScaleUnit.Down, 3), (ScaleUnit.Max, 0), (ScaleUnit.Up, 0), (ScaleUnit.Min, 5), (ScaleUnit.Down, 5)];

        foreach ((ScaleUnit unit, int then) in steps)
        {
            byte[] request = ChannelLab.Scale(unit, tag: 0x1122_3344_5566_7788);
            byte[] reply = Answer(answerer, request, out AnswerKind kind);

            request[ChannelPacketLayout.Command] = (byte)ReplyCommand.Ack;
            Assert.Equal((AnswerKind.Acked, then), (kind, backend.Requested));
            Assert.Equal(request, reply);
        }
    }

    [Theory]
    [InlineData(1ul, 0)]
    [InlineData(0ul, 1)]
    [InlineData(0ul, 0xFF)]
    [InlineData(0x1_0000_0000ul, 0)]
    [InlineData(ulong.MaxValue, 1)]
    public void A_packet_that_names_another_core_changes_nothing(ulong resource, byte coreType)
    {
        ScriptedBackend backend = new(ChannelLab.Table);
        byte[] request = ChannelLab.Request(ChannelCommand.CpuPower, ScaleUnit.Min, resource);
        request[ChannelPacketLayout.CoreType] = coreType;
        byte[] reply = Answer(Answerer(backend), request, out AnswerKind kind);

        Assert.Equal((AnswerKind.Foreign, ReplyCommand.Nack, 0), (kind, (ReplyCommand)PacketHead.Read(reply).Command, backend.Sets));
    }

    [Fact]
    public void Policy_refusals_and_backend_failures_are_nacks()
    {
        ScriptedBackend backend = new(ChannelLab.Table) { Fails = true };
        Answer(Answerer(backend), ChannelLab.Scale(ScaleUnit.Min), out AnswerKind failed);
        Answer(Answerer(new ScriptedBackend(ChannelLab.Table), OneGuestLab.Generous with { Control = false }), ChannelLab.Scale(ScaleUnit.Min), out AnswerKind denied);

        Assert.Equal((AnswerKind.Refused, AnswerKind.Refused), (failed, denied));
    }

    [Theory]
    [InlineData(ChannelCommand.Connect, 0)]
    [InlineData(ChannelCommand.PktPolicyRemove, 0)]
    [InlineData(ChannelCommand.PktPolicy, GuestChannelAbi.PacketBytes)]
    [InlineData((ChannelCommand)0, GuestChannelAbi.PacketBytes)]
    [InlineData((ChannelCommand)11, GuestChannelAbi.PacketBytes)]
    public void What_dpdk_leaves_silent_is_silent_and_the_rest_is_refused(object command, int bytes)
    {
        ScriptedBackend backend = new(ChannelLab.Table);
        byte[] reply = Answer(Answerer(backend), ChannelLab.Request((ChannelCommand)command), out _);

        Assert.Equal((bytes, 0), (reply.Length, backend.Sets));
        Assert.True(bytes == 0 || PacketHead.Read(reply).Command == (uint)ReplyCommand.Nack);
    }

    [Fact]
    public void Queries_tell_the_frequency_of_this_guests_vcpus_and_nothing_else()
    {
        ScriptedBackend first = new(ChannelLab.Table, initial: 2), third = new(ChannelLab.Table, initial: 4);
        GuestVcpus guest = new();
        ChannelBinding binding = ChannelLab.Binding(new GivenEndpoint(StreamDescriptor.Pair().First), ChannelLab.Service(first));
        guest.Add(0, binding.Service);
        guest.Add(2, ChannelLab.Service(third));
        PacketAnswerer answerer = new(binding, guest);

        byte[] one = Answer(answerer, ChannelLab.Request(ChannelCommand.QueryFreq), out _);
        byte[] list = Answer(answerer, ChannelLab.Request(ChannelCommand.QueryFreqList, resource: 7), out _);
        byte[] caps = Answer(answerer, ChannelLab.Request(ChannelCommand.QueryCapsList), out _);

        Assert.Equal((GuestChannelAbi.FreqListBytes, 3, 2_000_000u), (one.Length, one[FreqListLayout.NumVcpu], ChannelPackets.Frequency(one, 0)));
        Assert.Equal((3, 2_000_000u, 0u, 1_000_000u), (list[FreqListLayout.NumVcpu], ChannelPackets.Frequency(list, 0), ChannelPackets.Frequency(list, 1), ChannelPackets.Frequency(list, 2)));
        Assert.Equal((GuestChannelAbi.CapsListBytes, (uint)ReplyCommand.CapsList, 3), (caps.Length, PacketHead.Read(caps).Command, caps[CapsListLayout.NumVcpu]));
        Assert.Equal("vm0"u8.ToArray(), list[FreqListLayout.VmName..(FreqListLayout.VmName + 3)]);
        Assert.All(list[(FreqListLayout.FreqList + 12)..FreqListLayout.NumVcpu].Concat(list[(FreqListLayout.NumVcpu + 1)..]), b => Assert.Equal(0, b));
        Assert.All(caps[CapsListLayout.Turbo..CapsListLayout.NumVcpu].Concat(caps[(CapsListLayout.NumVcpu + 1)..]), b => Assert.Equal(0, b));
    }

    [Theory]
    [InlineData(ChannelCommand.QueryFreq, GuestChannelAbi.FreqListBytes)]
    [InlineData(ChannelCommand.QueryFreqList, GuestChannelAbi.FreqListBytes)]
    [InlineData(ChannelCommand.QueryCaps, GuestChannelAbi.CapsListBytes)]
    [InlineData(ChannelCommand.QueryCapsList, GuestChannelAbi.CapsListBytes)]
    public void A_query_not_allowed_gets_a_nack_of_the_size_asked_for(object query, int bytes)
    {
        ChannelBinding binding = ChannelLab.Binding(new GivenEndpoint(StreamDescriptor.Pair().First), ChannelLab.Service(new ScriptedBackend(ChannelLab.Table)), queries: false);
        byte[] reply = Answer(new PacketAnswerer(binding, new GuestVcpus()), ChannelLab.Request((ChannelCommand)query), out AnswerKind kind);

        Assert.Equal((bytes, AnswerKind.Refused, ReplyCommand.Nack), (reply.Length, kind, (ReplyCommand)PacketHead.Read(reply).Command));
        Assert.All(reply[48..], b => Assert.Equal(0, b));
    }

    [Fact]
    public void Every_packet_costs_one_call_whatever_it_asks()
    {
        (ChannelCommand Command, ScaleUnit Unit, ulong Resource)[] packets =
        [
            (ChannelCommand.CpuPower, ScaleUnit.Max, 0), (ChannelCommand.CpuPower, ScaleUnit.Max, 1), (ChannelCommand.CpuPower, (ScaleUnit)99, 0), (ChannelCommand.CpuPower, ScaleUnit.EnableTurbo, 0),
            (ChannelCommand.Connect, 0, 0), (ChannelCommand.PktPolicy, 0, 0), (ChannelCommand.PktPolicyRemove, 0, 0), ((ChannelCommand)99, 0, 0), (ChannelCommand.QueryFreq, 0, 0),
            (ChannelCommand.QueryFreq, 0, 5), (ChannelCommand.QueryFreqList, 0, 0), (ChannelCommand.QueryCaps, 0, 0), (ChannelCommand.QueryCapsList, 0, 0),
        ];
        foreach ((ChannelCommand command, ScaleUnit unit, ulong resource) in packets)
        {
            ScriptedBackend backend = new(ChannelLab.Table, initial: 3);
            IFrequencyService service = ChannelLab.Service(backend, OneGuest.Guest with { CallsPerSecond = 1, Burst = 2 });
            ChannelBinding binding = ChannelLab.Binding(new GivenEndpoint(StreamDescriptor.Pair().First), service);
            GuestVcpus guest = new();
            guest.Add(0, service);
            guest.Add(1, service);
            PacketAnswerer answerer = new(binding, guest);

            Answer(answerer, ChannelLab.Request(command, unit, resource), out _);
            bool first = answerer.WasThrottled;
            Answer(answerer, ChannelLab.Scale(ScaleUnit.Min), out AnswerKind second);
            bool afford = answerer.WasThrottled;
            Answer(answerer, ChannelLab.Request(command, unit, resource), out AnswerKind third);
            Assert.Equal((command, unit, false, AnswerKind.Acked, false, true, 5), (command, unit, first, second, afford, answerer.WasThrottled, backend.Requested));
            Assert.True(third is not (AnswerKind.Acked or AnswerKind.Answered), $"{command} {unit} was served over the budget");
        }
    }

    [Fact]
    public void A_query_says_how_many_vcpus_the_guest_has_whichever_it_asks_for()
    {
        IFrequencyService service = ChannelLab.Service(new ScriptedBackend(ChannelLab.Table));
        ChannelBinding[] bindings =
        [
            ChannelLab.Binding(new GivenEndpoint(StreamDescriptor.Pair().First), service) with { GuestVcpus = 5 },
            ChannelLab.Binding(new GivenEndpoint(StreamDescriptor.Pair().First), service) with { Vcpu = 1, GuestVcpus = 5 },
            ChannelLab.Binding(new GivenEndpoint(StreamDescriptor.Pair().First), service) with { GuestName = "alone" },
            ChannelLab.Binding(new GivenEndpoint(StreamDescriptor.Pair().First), service) with { GuestName = "large", GuestVcpus = 300 },
        ];
        Dictionary<string, GuestVcpus> guests = GuestVcpus.Of(bindings);
        int[] counts = [5, 5, 1, 8];
        foreach ((ChannelBinding binding, int count) in bindings.Zip(counts))
        {
            PacketAnswerer answerer = new(binding, guests[binding.GuestName]);
            foreach (ChannelCommand query in (ChannelCommand[])[ChannelCommand.QueryFreq, ChannelCommand.QueryFreqList])
            {
                Assert.Equal(count, Answer(answerer, ChannelLab.Request(query, resource: (ulong)binding.Vcpu), out _)[FreqListLayout.NumVcpu]);
            }

            foreach (ChannelCommand query in (ChannelCommand[])[ChannelCommand.QueryCaps, ChannelCommand.QueryCapsList])
            {
                Assert.Equal(count, Answer(answerer, ChannelLab.Request(query, resource: (ulong)binding.Vcpu), out _)[CapsListLayout.NumVcpu]);
            }
        }
    }

    [Fact]
    public void Turbo_is_refused_where_the_table_has_no_turbo_state()
    {
        byte[] reply = Answer(Answerer(new ScriptedBackend(ChannelLab.Table)), ChannelLab.Scale(ScaleUnit.EnableTurbo), out AnswerKind kind);

        Assert.Equal((AnswerKind.Unsupported, ReplyCommand.Nack), (kind, (ReplyCommand)PacketHead.Read(reply).Command));
    }

    [Fact]
    public void Without_turbo_the_second_state_is_the_fastest()
    {
        ScriptedBackend backend = new(s_turbo);
        PacketAnswerer answerer = Answerer(backend);
        (ScaleUnit Unit, int Then)[] steps =
        [
            (ScaleUnit.DisableTurbo, 1), (ScaleUnit.Up, 1), (ScaleUnit.Max, 1), (ScaleUnit.Min, 3), (ScaleUnit.Max, 1), (ScaleUnit.EnableTurbo, 1), (ScaleUnit.Up, 0), (ScaleUnit.Max, 0),
        ];

        foreach ((ScaleUnit unit, int then) in steps)
        {
            Answer(answerer, ChannelLab.Scale(unit), out AnswerKind kind);
            Assert.Equal((unit, AnswerKind.Acked, then), (unit, kind, backend.Requested));
        }
    }

    [Theory]
    [InlineData(ScaleUnit.EnableTurbo)]
    [InlineData(ScaleUnit.DisableTurbo)]
    public void A_guest_that_may_change_nothing_is_not_told_that_it_switched_turbo(object unit)
    {
        Answer(Answerer(new ScriptedBackend(s_turbo), OneGuestLab.Generous with { Control = false }), ChannelLab.Scale((ScaleUnit)unit), out AnswerKind kind);
        Assert.Equal(AnswerKind.Refused, kind);
    }

    internal static PacketAnswerer Answerer(ScriptedBackend backend, GuestPolicy? guestPolicy = null)
    {
        ChannelBinding binding = ChannelLab.Binding(new GivenEndpoint(StreamDescriptor.Pair().First), ChannelLab.Service(backend, guestPolicy));
        GuestVcpus guest = new();
        guest.Add(0, binding.Service);
        return new PacketAnswerer(binding, guest);
    }

    internal static byte[] Answer(PacketAnswerer answerer, ReadOnlySpan<byte> request, out AnswerKind kind)
    {
        byte[] reply = new byte[GuestChannelAbi.PacketBytes];
        return reply[..answerer.Answer(request, reply, TscClock.Now, out kind)];
    }
}
