using FsCheck;
using FsCheck.Fluent;
using PollScale.Clock;
using PollScale.HostStub.Channels.Acpi;
using PollScale.HostStub.Channels.Acpi.Reader;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.Hypercall;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Channels.Acpi;

/// <summary>The policy's side of a debug port, without a reader: tests write what one would.</summary>
public sealed class AcpiChannelTests : IDisposable
{
    private static readonly double s_tscHz = TscClock.FrequencyKHz * 1000.0;
    private readonly ReaderMemory _memory = ReaderMemory.Make();

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void The_newest_byte_is_granted_or_clamped_to_today_s_policy_and_the_audit_says_what_the_guest_does_not_know()
    {
        HostLab lab = Lab();
        using HostFrequency host = lab.Start(HostLab.Policy(Guest() with { Fastest = HostLab.Index(1) }));
        using AcpiChannel channel = Connected(host);

        Write(channel, 0x83);
        Assert.Equal(3, host.ServiceFor("vm", 0).Wish);
        Write(channel, 0x82, 0x80);
        Assert.Equal(1, host.ServiceFor("vm", 0).Wish);

        Assert.Equal(
            [(3, CallVerdict.Granted, AuditReason.None, true), (0, CallVerdict.Clamped, AuditReason.BoundFastest, true)],
            lab.Audit.Records.Select(record => ((int)record.Call.Argument, record.Result, record.Reason, record.OneWay)));
        Assert.Equal((2ul, 0ul), (channel.Counters[PollScale.HostStub.Daemon.Protocol.AnswerKind.Acked], channel.Bytes!.Value.Unknown));
    }

    [Fact]
    public void New_bounds_hold_for_an_old_byte_and_wider_ones_give_what_was_asked()
    {
        HostLab lab = Lab();
        using HostFrequency host = lab.Start(HostLab.Policy(Guest() with { Fastest = HostLab.Index(2) }));
        using AcpiChannel channel = Connected(host);
        Write(channel, 0x80);
        Assert.Equal(2, host.ServiceFor("vm", 0).Wish);

        host.Update(HostLab.Policy(Guest()), TscClock.Now);
        channel.Tick(TscClock.Now);
        channel.Look(TscClock.Now);

        Assert.Equal(0, host.ServiceFor("vm", 0).Wish);
    }

    [Fact]
    public void A_budget_that_is_spent_delays_the_newest_byte_and_loses_it_never()
    {
        HostLab lab = Lab();
        using HostFrequency host = lab.Start(HostLab.Policy(Guest() with { CallsPerSecond = 20, Burst = 1 }));
        using AcpiChannel channel = Connected(host);
        Write(channel, 0x81);
        for (int i = 0; i < 1000; i++)
        {
            _memory.Take(channel.Slot, [(byte)(0x80 + (i % 5)), 0x83]);
            if (!channel.IsPaused)
            {
                channel.Look(TscClock.Now);
            }
        }

        Assert.True(channel.IsPaused);
        Assert.NotEqual(3, host.ServiceFor("vm", 0).Wish);
        ChannelLab.Until(() =>
        {
            if (channel.Due.IsDue(Deadline.Now))
            {
                channel.Resume();
                channel.Look(TscClock.Now);
            }

            return host.ServiceFor("vm", 0).Wish == 3;
        }, "the newest byte is not obeyed");
        Assert.True(lab.Audit.Records.Count(record => record.Result == CallVerdict.Granted) <= 4);
    }

    [Fact]
    public void Silence_ends_no_wish_that_came_by_a_debug_port()
    {
        HostLab lab = Lab();
        using HostFrequency host = lab.Start(HostLab.Policy(Guest() with { Silence = TimeSpan.FromMilliseconds(100) }));
        using AcpiChannel channel = Connected(host);
        Write(channel, 0x83);

        host.Tick(TscClock.Now + (ulong)(3600 * s_tscHz));

        Assert.Equal(3, host.ServiceFor("vm", 0).Wish);
    }

    [Fact]
    public void While_the_guest_asks_for_itself_its_kernel_s_bytes_are_recorded_and_hold_afterwards()
    {
        HostLab lab = Lab();
        using HostFrequency host = lab.Start(HostLab.Policy(Guest()));
        using AcpiChannel channel = Connected(host);
        VcpuService service = host.ServiceFor("vm", 0);
        Write(channel, 0x84);
        service.Lapsing.Answer(0, new FrequencyCall(FrequencyOp.SetPState, 1), TscClock.Now);

        Write(channel, 0x83);
        Assert.Equal((1, (byte)0x83), (service.Wish, channel.Facts.Byte));

        host.Tick(TscClock.Now + (ulong)(3 * s_tscHz)); // it lapses
        Assert.Null(service.Wish);
        channel.Tick(TscClock.Now);
        channel.Look(TscClock.Now);
        Assert.Equal(3, service.Wish);
    }

    [Fact]
    public void A_vm_that_has_gone_takes_its_wish_along_and_a_reader_that_has_not()
    {
        HostLab lab = Lab();
        using HostFrequency host = lab.Start(HostLab.Policy(Guest()));
        using AcpiChannel channel = Connected(host);
        Write(channel, 0x83);

        _memory.SetState(channel.Slot, SlotState.Unknown);
        channel.Look(TscClock.Now);
        Assert.Equal(3, host.ServiceFor("vm", 0).Wish);

        _memory.Forget(channel.Slot);
        _memory.SetState(channel.Slot, SlotState.Absent);
        channel.Look(TscClock.Now);
        Assert.Null(host.ServiceFor("vm", 0).Wish);
        Assert.Equal((CallVerdict.Withdrawn, AuditReason.GuestGone), (lab.Audit.Records[^1].Result, lab.Audit.Records[^1].Reason));
    }

    [Fact]
    public void What_a_backend_failed_or_a_lost_pinning_denied_is_done_when_it_can_be()
    {
        bool pinned = false;
        HostLab lab = Lab((_, _, _) => pinned);
        using HostFrequency host = lab.Start(HostLab.Policy(Guest() with { Process = "1" }));
        using AcpiChannel channel = Connected(host);
        VcpuService service = host.ServiceFor("vm", 0);
        Write(channel, 0x83);
        channel.Tick(TscClock.Now);
        channel.Look(TscClock.Now);
        Assert.Null(service.Wish);

        pinned = true;
        host.CheckPins();
        channel.Tick(TscClock.Now);
        channel.Look(TscClock.Now);
        Assert.Equal(3, service.Wish);
    }

    [Fact]
    public void A_guest_without_control_is_refused_once_and_not_again_and_again()
    {
        HostLab lab = Lab();
        using HostFrequency host = lab.Start(HostLab.Policy(Guest() with { Control = false }));
        using AcpiChannel channel = Connected(host);
        Write(channel, 0x83);
        for (int i = 0; i < 10; i++)
        {
            channel.Tick(TscClock.Now);
            channel.Look(TscClock.Now);
        }

        Assert.Equal((CallVerdict.Denied, AuditReason.NotGranted, true), lab.Audit.Records.Select(record => (record.Result, record.Reason, record.OneWay)).Single());
    }

    [Fact]
    public void Whatever_a_guest_writes_it_has_what_its_last_p_state_is_within_its_bounds() => Prop.ForAll<byte[][]>(rounds =>
    {
        using ReaderMemory memory = ReaderMemory.Make();
        HostLab lab = Lab();
        using HostFrequency host = lab.Start(HostLab.Policy(Guest() with { Fastest = HostLab.Index(1), Slowest = HostLab.Index(3) }));
        VcpuService service = host.ServiceFor("vm", 0);
        using AcpiChannel channel = new(Binding(host), memory, 7);
        memory.SetState(7, SlotState.Connected);
        channel.Tick(TscClock.Now); // which tells the reader how many there are
        int? expected = null;
        foreach (byte[] bytes in rounds)
        {
            memory.Take(7, bytes);
            channel.Look(TscClock.Now);
            expected = bytes.Where(value => value is >= 0x80 and < 0x85).Select(value => (int?)Math.Clamp(value - 0x80, 1, 3)).LastOrDefault() ?? expected;
            if (service.Wish != expected)
            {
                return false;
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    private static HostLab Lab(Func<string, int, int, bool>? isPinned = null)
    {
        HostLab lab = new();
        lab.Options = lab.Options with { TscHz = s_tscHz, IsPinned = isPinned ?? ((_, _, _) => true) };
        return lab;
    }

    private static GuestPolicy Guest() => HostLab.Guest("vm", 2);

    private static AcpiBinding Binding(HostFrequency host) => new() { Guest = "vm", Vcpu = 0, Pcpu = 2, Path = "/nowhere", Service = host.ServiceFor("vm", 0) };

    private AcpiChannel Connected(HostFrequency host)
    {
        _memory.SetState(1, SlotState.Connected);
        return new AcpiChannel(Binding(host), _memory, 1);
    }

    private void Write(AcpiChannel channel, params ReadOnlySpan<byte> bytes)
    {
        _memory.Take(channel.Slot, bytes);
        channel.Look(TscClock.Now);
    }
}
