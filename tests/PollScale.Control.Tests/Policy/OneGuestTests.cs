using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.Hypercall;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Policy;

/// <summary>One guest on one pCPU, as a command line without a policy file has it.</summary>
public class OneGuestTests
{
    private static readonly PStateTable s_table = new([3_000_000, 2_500_000, 2_000_000, 1_500_000, 1_000_000], 0, 4, 20_000);
    private static readonly GuestPolicy s_middle = OneGuestLab.Generous with { Fastest = HostLab.Index(1), Slowest = HostLab.Index(3) };

    [Theory]
    [InlineData(FrequencyOp.Hello, 1, 1 << 16 | 5)]
    [InlineData(FrequencyOp.Hello, 0, 1 << 16 | 5)]
    [InlineData(FrequencyOp.Hello, -7, 1 << 16 | 5)]
    [InlineData(FrequencyOp.GetPState, 0, 2)]
    [InlineData(FrequencyOp.GetPState, 1, -22)]
    [InlineData(FrequencyOp.SetPState, 0, 1)]
    [InlineData(FrequencyOp.SetPState, 4, 3)]
    [InlineData(FrequencyOp.SetPState, 5, -22)]
    [InlineData(FrequencyOp.SetPState, -1, -22)]
    [InlineData(FrequencyOp.SetPState, 1L << 32, -22)]
    [InlineData(FrequencyOp.Step, 1, 1)]
    [InlineData(FrequencyOp.Step, 0, 2)]
    [InlineData(FrequencyOp.Step, -1, 3)]
    [InlineData(FrequencyOp.Step, long.MaxValue, 1)]
    [InlineData(FrequencyOp.Step, long.MinValue, 3)]
    [InlineData(FrequencyOp.Max, 0, 1)]
    [InlineData(FrequencyOp.Max, 1, -22)]
    [InlineData(FrequencyOp.Min, 0, 3)]
    [InlineData(FrequencyOp.Min, long.MinValue, -22)]
    [InlineData(FrequencyOp.PStateKHz, 4, 1_000_000)]
    [InlineData(FrequencyOp.PStateKHz, 5, -22)]
    [InlineData(FrequencyOp.PStateKHz, long.MinValue, -22)]
    [InlineData(FrequencyOp.Limits, 0, 1 << 16 | 3)]
    [InlineData(FrequencyOp.Limits, -1, -22)]
    [InlineData((FrequencyOp)8, 0, -1000)]
    [InlineData((FrequencyOp)(-1), 0, -1000)]
    public void Each_call_is_answered_to_the_bit(FrequencyOp op, long argument, long reply)
    {
        ScriptedBackend backend = new(s_table, initial: 2);
        VcpuService service = OneGuestLab.Service(backend, s_middle);

        Assert.Equal(reply, service.Answer(0, new FrequencyCall(op, argument), 1000).Value);
        Assert.Equal(1ul, service.Counters.Total);
    }

    [Theory]
    [InlineData(FrequencyOp.SetPState, 3, nameof(CallVerdict.Granted))]
    [InlineData(FrequencyOp.SetPState, 2, nameof(CallVerdict.Unchanged))]
    [InlineData(FrequencyOp.SetPState, 0, nameof(CallVerdict.Clamped))]
    [InlineData(FrequencyOp.Step, 2, nameof(CallVerdict.Clamped))]
    [InlineData(FrequencyOp.Step, 1, nameof(CallVerdict.Granted))]
    [InlineData(FrequencyOp.Step, 0, nameof(CallVerdict.Unchanged))]
    [InlineData(FrequencyOp.Max, 0, nameof(CallVerdict.Clamped))]
    [InlineData(FrequencyOp.Min, 0, nameof(CallVerdict.Clamped))]
    [InlineData(FrequencyOp.Limits, 0, nameof(CallVerdict.Granted))]
    [InlineData(FrequencyOp.Limits, 9, nameof(CallVerdict.Malformed))]
    public void Each_call_is_counted_by_op_and_result(FrequencyOp op, long argument, string result)
    {
        VcpuService service = OneGuestLab.Service(new ScriptedBackend(s_table, 2), s_middle);
        service.Answer(0, new FrequencyCall(op, argument), 0);
        CallCounts counts = service.Counters.Snapshot();

        CallVerdict expected = Enum.Parse<CallVerdict>(result);
        Assert.Equal(1ul, counts[op, expected]);
        Assert.Equal(1ul, counts[expected]);
        Assert.Equal(1ul, counts.Total);
    }

    [Fact]
    public void Only_a_wish_reaches_the_backend_and_one_that_is_in_force_too()
    {
        ScriptedBackend backend = new(s_table, 2);
        VcpuService service = OneGuestLab.Service(backend);
        foreach (FrequencyOp op in Enum.GetValues<FrequencyOp>())
        {
            service.Answer(0, new FrequencyCall(op, op is FrequencyOp.SetPState ? 2 : op is FrequencyOp.Max or FrequencyOp.Min ? 1 : 0), 0);
        }

        Assert.Equal(2, backend.Sets); // SetPState and Step, both for what is in force
        service.Answer(0, new FrequencyCall(FrequencyOp.Max), 0);
        Assert.Equal(3, backend.Sets);
    }

    [Fact]
    public void A_guest_without_the_grant_may_ask_but_not_change()
    {
        ScriptedBackend backend = new(s_table, 2);
        VcpuService service = OneGuestLab.Service(backend, OneGuestLab.Generous with { Control = false });

        foreach (FrequencyOp op in (FrequencyOp[])[FrequencyOp.SetPState, FrequencyOp.Step, FrequencyOp.Max, FrequencyOp.Min])
        {
            Assert.Equal(FrequencyStatus.Denied, service.Answer(0, new FrequencyCall(op), 0).Status);
        }

        Assert.Equal(2, service.Answer(0, new FrequencyCall(FrequencyOp.GetPState), 0).Value);
        Assert.Equal(5, service.Answer(0, new FrequencyCall(FrequencyOp.Hello), 0).Low);
        Assert.Equal(0, backend.Sets);
    }

    [Fact]
    public void Two_vCPUs_at_once_lose_no_count_and_share_one_budget()
    {
        VcpuService service = OneGuestLab.Service(new ScriptedBackend(s_table), OneGuest.Guest with { CallsPerSecond = 1, Burst = 1000 });
        Thread[] vcpus = [.. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                service.Answer(FrequencyPolicy.LcoreVcpu, new FrequencyCall(FrequencyOp.Step, i % 2 == 0 ? 1 : -1), 0);
            }
        }))];
        Array.ForEach(vcpus, v => v.Start());
        Array.ForEach(vcpus, v => v.Join());
        CallCounts counts = service.Counters.Snapshot();

        Assert.Equal(40_000ul, counts.Total);
        Assert.Equal(39_000ul, counts[CallVerdict.Throttled]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_backend_that_fails_or_throws_is_EIO(bool throws)
    {
        ScriptedBackend backend = new(s_table) { Fails = !throws, Throws = throws };
        VcpuService service = OneGuestLab.Service(backend);

        Assert.Equal(FrequencyStatus.BackendFailed, service.Answer(0, new FrequencyCall(FrequencyOp.Min), 0).Status);
        Assert.Equal(1ul, service.Counters.Snapshot()[CallVerdict.BackendFailed]);
    }

    [Fact]
    public void A_backend_outside_the_allowed_range_is_brought_into_it()
    {
        ScriptedBackend backend = new(s_table);
        using HostFrequency host = OneGuest.Start(OneGuest.Guest with { Fastest = HostLab.Index(2) }, backend, HostLab.TscHz, 0);

        Assert.Equal(2, backend.Requested);
    }

    [Fact]
    public void An_unknown_number_is_KVM_ENOSYS_and_counted()
    {
        VcpuService service = OneGuestLab.Service(new ScriptedBackend(s_table));

        Assert.Equal(-1000, service.AnswerUnknown(0, 0).Value);
        Assert.Equal(1ul, service.Counters.Snapshot()[CallVerdict.UnknownCall]);
    }

    [Fact]
    public void An_unknown_number_costs_as_much_as_any_call()
    {
        VcpuService service = OneGuestLab.Service(new ScriptedBackend(s_table), OneGuest.Guest with { CallsPerSecond = 1, Burst = 2 });

        Assert.Equal([-1000, -1000], [service.AnswerUnknown(0, 0).Value, service.AnswerUnknown(0, 0).Value]);
        Assert.Equal(FrequencyStatus.Throttled, service.AnswerUnknown(0, 0).Status);
        Assert.Equal(FrequencyStatus.Throttled, service.Answer(0, new FrequencyCall(FrequencyOp.Hello), 0).Status);
        Assert.Equal((2ul, 2ul), (service.Counters.Snapshot()[CallVerdict.UnknownCall], service.Counters.Snapshot()[CallVerdict.Throttled]));
    }

    [Theory]
    [InlineData(5, null)]
    [InlineData(-1, null)]
    [InlineData(3, 2)]
    [InlineData(0, 5)]
    public void Limits_outside_the_table_are_refused_with_a_sentence_that_names_the_options(int fastest, int? slowest)
    {
        GuestPolicy guest = OneGuest.Guest with { Fastest = HostLab.Index(fastest), Slowest = slowest is int index ? HostLab.Index(index) : default };

        string message = Assert.Throws<PolicyException>(() => OneGuest.Start(guest, new ScriptedBackend(s_table), HostLab.TscHz, 0)).Message;
        Assert.StartsWith("--fastest and --slowest: guest guest: ", message);
        Assert.Contains("It has P-states 0 (3000 MHz) to 4 (1000 MHz)", message);
    }

    [Fact]
    public void Without_a_word_about_the_real_clock_only_emulated_P_states_are_given()
    {
        ScriptedBackend real = new(s_table, 2) { Emulated = false }, emulated = new(s_table, 2);
        using HostFrequency refusing = OneGuest.Start(OneGuest.Guest, real, HostLab.TscHz, 0), granting = OneGuest.Start(OneGuest.Guest, emulated, HostLab.TscHz, 0);

        VcpuService service = refusing.ServiceFor(OneGuest.Name, 0);
        Assert.Equal((false, FrequencyStatus.Denied), (service.Granted, service.Answer(0, new FrequencyCall(FrequencyOp.Min), 0).Status));
        Assert.Equal((2, 0), (real.Requested, real.Sets));
        Assert.Equal(4, granting.ServiceFor(OneGuest.Name, 0).Answer(0, new FrequencyCall(FrequencyOp.Min), 0).Value);
        Assert.Equal(4, OneGuestLab.Service(real).Answer(0, new FrequencyCall(FrequencyOp.Min), 0).Value);
    }

    [Fact]
    public void Hostile_calls_are_answered_within_bounds_and_refused_ones_change_nothing()
    {
        long[] errors = [.. Enum.GetValues<FrequencyStatus>().Select(s => (long)s).Where(s => s < 0)];
        Prop.ForAll<(int Op, long Argument, uint Advance, byte Kind)[], byte, byte>((calls, a, b) =>
        {
            int fastest = Math.Min(a % 5, b % 5);
            int slowest = Math.Max(a % 5, b % 5);
            ScriptedBackend backend = new(s_table);
            using HostFrequency host = OneGuest.Start(
                OneGuest.Guest with { Fastest = HostLab.Index(fastest), Slowest = HostLab.Index(slowest), CallsPerSecond = 1_000_000, Burst = 3 }, backend, HostLab.TscHz, 0);
            VcpuService service = host.ServiceFor(OneGuest.Name, 0);
            ulong tsc = 0;
            foreach ((int op, long argument, uint advance, byte kind) in calls)
            {
                tsc += advance % 2000;
                long hostile = (kind % 6) switch { 0 => long.MinValue, 1 => long.MaxValue, 2 => argument % 8, 3 => 0, _ => argument };
                FrequencyCall call = new((FrequencyOp)(kind % 5 == 0 ? op : op & 7), hostile);
                backend.Fails = kind % 11 == 0;
                int before = backend.Requested;
                FrequencyReply reply = service.Answer(kind % 13 == 0 ? op : 0, call, tsc);
                Assert.InRange(backend.Requested, fastest, slowest);
                if (reply.IsError)
                {
                    Assert.Contains(reply.Value, errors);
                    Assert.Equal(before, backend.Requested);
                }
                else if (call.Op is FrequencyOp.SetPState or FrequencyOp.Step or FrequencyOp.Max or FrequencyOp.Min or FrequencyOp.GetPState)
                {
                    Assert.Equal(backend.Requested, reply.Value);
                }
                else
                {
                    Assert.Equal(before, backend.Requested);
                }
            }

            return service.Counters.Total == (ulong)calls.Length;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Answers_allocate_nothing()
    {
        VcpuService service = OneGuestLab.Service(new ScriptedBackend(s_table));
        Ask(60); // what is made at its first use
        Allocated.Nothing(() => Ask(10_000));

        void Ask(int calls)
        {
            for (int i = 0; i < calls; i++)
            {
                service.Answer(0, new FrequencyCall((FrequencyOp)(i % 9), i % 6), (ulong)i);
                service.AnswerUnknown(0, 0);
            }
        }
    }
}
