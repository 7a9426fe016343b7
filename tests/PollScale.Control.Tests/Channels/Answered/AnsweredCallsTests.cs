using PollScale.HostStub.Channels.Answered;
using PollScale.HostStub.Policy;
using PollScale.Hypercall;
using PollScale.Region;
using Xunit;

namespace PollScale.HostStub.Tests.Channels.Answered;

/// <summary>
/// The program in the kernel, on real calls, against the policy in C#: the same calls have the same replies, targets, reasons and refusals. Where the kernel
/// is locked down replies are those of the records, which throttled calls and queries have not.
/// </summary>
public class AnsweredCallsTests
{
    private const int Entries = 250, CallsEach = 400;
    private const double NsHz = 1e9;
    private static readonly int[] s_rates = [1, 3, 999, 20_000, 300_000, 1_000_000, 99_999_999, 100_000_000];
    private static readonly int[] s_bursts = [1, 2, 5, 200, 1_000_000];
    private static readonly short[] s_arguments = [0, 1, -1, 63, 64, -64, 65, -65, short.MaxValue, short.MinValue];

    [Fact]
    public void A_hundred_thousand_calls_have_the_same_decisions() => AnsweredThread.Run(thread =>
    {
        Random random = new(1);
        Dictionary<AuditReason, int> reasons = [];
        for (int entry = 0; entry < Entries; entry++)
        {
            Calls calls = new(thread, random);
            for (int call = 0; call < CallsEach; call++)
            {
                AuditReason reason = calls.Next();
                reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
            }

            calls.End();
        }

        Assert.Equal(Entries * CallsEach, reasons.Values.Sum());
        Assert.All(
            (AuditReason[])[AuditReason.None, AuditReason.NotGranted, AuditReason.NotPinned, AuditReason.QueriesOff, AuditReason.BudgetSpent, AuditReason.BadArgument, AuditReason.NoSuchCall, AuditReason.BoundFastest,
                AuditReason.BoundSlowest, AuditReason.AlreadyThere],
            reason => Assert.InRange(reasons.GetValueOrDefault(reason), 200, int.MaxValue));
    });

    /// <summary>Calls of one grant, one after the other.</summary>
    private sealed class Calls
    {
        private readonly AnsweredThread _thread;
        private readonly Random _random;
        private readonly AnsweredGrant _grant;
        private readonly FrequencyPolicy _policy;
        private readonly int _state;
        private readonly ulong[] _counts = new ulong[CallCounters.Results];
        private RequestBudget _budget;
        private uint _sequence;
        private Standing _standing;

        public Calls(AnsweredThread thread, Random random)
        {
            (_thread, _random) = (thread, random);
            _grant = thread.Basic with
            {
                Pinned = random.Next(8) != 0,
                Policy = thread.Basic.Policy with
                {
                    Table = Table(random), Control = random.Next(8) != 0, Queries = random.Next(8) != 0,
                    CallsPerSecond = s_rates[random.Next(s_rates.Length)], Burst = s_bursts[random.Next(s_bursts.Length)],
                },
            };
            _policy = new FrequencyPolicy(_grant.Policy.Table, _grant.Policy.Control, queries: _grant.Policy.Queries);
            _budget = new RequestBudget(_grant.Policy.CallsPerSecond, _grant.Policy.Burst, NsHz);
            _sequence = random.Next(3) == 0 ? uint.MaxValue - 100 : (uint)random.NextInt64(1, uint.MaxValue);
            _standing = new Standing(0, Standing.NoWish, random.Next(_grant.Policy.Table.Count));
            _state = thread.Grant(_grant, _standing.InForce);
        }

        public AuditReason Next()
        {
            Disturb();
            _sequence = RequestWord.Next(_sequence);
            FrequencyCall call = new((FrequencyOp)(_random.Next(20) == 0 ? _random.Next(256) : _random.Next(9)), Argument());
            Assert.True(RequestWord.TryMake(_sequence, call, _random.Next(2) == 0, out RequestWord word));
            _thread.Request = word.Value | ((ulong)(uint)_random.Next(128) << 41); // flags that nobody knows

            _thread.Call(_sequence, call.Number & ~0xffu | (uint)_random.Next(256)); // what is asked stands in the slot alone
            VcpuState state = _thread.Answers.States.Read(_state);
            PolicyDecision expected = Decide(call, state.LastCallNs);
            string what = $"{call.Op} {call.Argument}, wish {_standing.Wish}, in force {_standing.InForce}, of {_grant}";
            if (expected.Target >= 0)
            {
                _standing = new Standing(_sequence, expected.Target, expected.Target);
            }

            Assert.True(!_thread.Writes || (expected.Reply.Value, _sequence) == (_thread.Result, _thread.Echo), $"{_thread.Result} {_thread.Echo} in place of {expected.Reply.Value} {_sequence} to {what}");
            Assert.True(_standing.Word == state.Standing, $"{new Standing(state.Standing)} in place of {_standing} after {what}");
            Assert.Equal(++_counts[(int)expected.Result], state.Calls[(int)expected.Result]);
            CheckRecord(expected, state, what);
            return expected.Reason;
        }

        public void End() => Assert.True(_thread.Withdraw(_grant));

        private void CheckRecord(PolicyDecision expected, VcpuState state, string what)
        {
            bool isTold = expected.Result != CallVerdict.Throttled && (expected.Target >= 0 || expected.Reply.IsError);
            Assert.True(_thread.Place.TryRead(out AnsweredRecord record) == isTold, what);
            if (isTold)
            {
                Assert.True(expected == record.Decision, $"{record.Decision} in place of {expected} to {what}");
                Assert.Equal((state.LastCallNs, _grant.Owner, _thread.Request, (uint)_state, (uint)_thread.Cpu, 0), (record.TimeNs, record.Owner, record.Request, record.State, record.Cpu, record.Written));
            }
        }

        // As the daemon and time do: a wish lapses, the kernel has another P-state, the budget is spent or refilled.
        private void Disturb()
        {
            if (_random.Next(10) == 0)
            {
                Standing actual = new(_standing.Sequence, _random.Next(2) == 0 ? Standing.NoWish : _standing.Wish, _random.Next(_grant.Policy.Table.Count));
                Assert.True(_thread.Answers.States.TryCorrect(_state, _standing, actual));
                if (_standing != actual)
                {
                    Assert.False(_thread.Answers.States.TryCorrect(_state, _standing, new Standing(0, Standing.NoWish, 0))); // of what stands no more
                }

                _standing = actual;
            }

            if (_random.Next(20) == 0)
            {
                ulong now = _thread.Answers.States.Read(_state).LastCallNs;
                ulong until = _random.Next(4) switch { 0 => ulong.MaxValue - (ulong)_random.Next(100), 1 => now + (ulong)_random.NextInt64(2_000_000_000), _ => now + (ulong)_random.Next(10_000) };
                RequestBudget budget = new(_grant.Policy.CallsPerSecond, _grant.Policy.Burst, NsHz);
                if (until > budget.TicksPerCall && budget.TryPay(until - budget.TicksPerCall))
                {
                    _budget = budget;
                    _thread.Answers.States.SetPaidUntil(_state, until);
                }
            }
        }

        private PolicyDecision Decide(FrequencyCall call, ulong now) => !_budget.TryPay(now) ? PolicyDecision.Throttled : _policy.Decide(
            new GuestRequest(FrequencyPolicy.LcoreVcpu, call, _standing.InForce, _standing.Wish == Standing.NoWish ? _standing.InForce : _standing.Wish, _grant.Pinned));

        private short Argument() => _random.Next(3) switch
        {
            0 => s_arguments[_random.Next(s_arguments.Length)],
            1 => 0,
            _ => (short)_random.Next(-4, _grant.Policy.Table.Count + 2),
        };

        private static PStateTable Table(Random random)
        {
            int count = random.Next(10) == 0 ? HypercallAbi.MaxPStates : random.Next(1, 12);
            SortedSet<uint> kHz = [];
            while (kHz.Count < count)
            {
                kHz.Add((uint)random.Next(1, 2000) * 50_000);
            }

            int fastest = random.Next(count);
            return new PStateTable([.. kHz.Reverse()], fastest, random.Next(fastest, count), 0);
        }
    }
}
