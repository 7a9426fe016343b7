using System.Globalization;
using System.Runtime.InteropServices;
using PollScale.HostStub.Channels.Module;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Compiled;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.Hypercall;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Policy;

/// <summary>The kernel module's policy, fed with the compiled policy of a policy in force, against the one in C#: the same calls have the same replies, targets and refusals.</summary>
public class ModulePolicyTests
{
    private const int Entries = 250, CallsEach = 400, WrongEntries = 20_000, NoWish = -1;
    private const double TscHz = 1e9; // ns, as the module counts
    private static readonly long[] s_arguments = [0, 1, -1, 63, 64, -64, 65, -65, 1L << 32, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, long.MinValue + 1];
    private static readonly ulong[] s_pauses = [0, 0, 0, 1, 10, 1_000, 1_000_000, 1_000_000_000, 100_000_000_000];
    private static readonly int[] s_rates = [1, 2, 3, 7, 999, 20_000, 1_000_000, 99_999_999, 100_000_000];
    private static readonly int[] s_bursts = [1, 2, 5, 200, 1_000_000];

    [Fact]
    public void A_hundred_thousand_calls_have_the_same_decisions()
    {
        Random random = new(1);
        List<string> script = [], expected = [];
        Dictionary<AuditReason, int> reasons = [];
        for (int i = 0; i < Entries; i++)
        {
            using HostFrequency host = Host(random);
            VcpuBinding binding = host.ServiceFor("vm", 0).Binding!;
            CompiledPolicy compiled = binding.Compiled!;
            Calls calls = new(binding.Policy, new RequestBudget(compiled.CallsPerSecond, compiled.Burst, TscHz), random);
            script.Add(Entry(calls.KHz, ModuleDevice.Entry(default, 0, compiled)));
            expected.Add("1");
            for (int call = 0; call < CallsEach; call++)
            {
                (string line, string answer, AuditReason reason) = calls.Next();
                script.Add(line);
                expected.Add(answer);
                reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
            }
        }

        Assert.Equal(Entries * (CallsEach + 1), expected.Count);
        AssertAlike(script, expected);

        // What the module can say at all was said.
        Assert.All(
            (AuditReason[])[AuditReason.None, AuditReason.NotGranted, AuditReason.NotPinned, AuditReason.QueriesOff, AuditReason.BudgetSpent, AuditReason.BadArgument, AuditReason.NoSuchCall,
                AuditReason.BoundFastest, AuditReason.BoundSlowest, AuditReason.KernelLimit, AuditReason.AlreadyThere, AuditReason.BackendFailed],
            reason => Assert.InRange(reasons.GetValueOrDefault(reason), 50, int.MaxValue));
    }

    [Fact]
    public void An_entry_is_valid_where_the_table_and_the_budget_are()
    {
        Random random = new(2);
        List<string> script = [], expected = [];
        for (int i = 0; i < WrongEntries; i++)
        {
            PStateTable table = Table(random);
            uint[] kHz = [.. table.KHz];
            (int count, int fastest, int slowest, int rate, int burst, int flags, int reserved) = (table.Count, table.FastestAllowed, table.SlowestAllowed, 1000, 100, random.Next(4), 0);
            switch (random.Next(9))
            {
                case 0: kHz[random.Next(kHz.Length)] = (uint)random.Next(6_000_000); break;
                case 1: fastest = random.Next(-2, 67); break;
                case 2: slowest = random.Next(-2, 67); break;
                case 3: rate = random.Next(4) * 50_000_000; break;
                case 4: burst = random.Next(5) * 333_334; break;
                case 5: flags = random.Next(6); break;
                case 6: reserved = random.Next(2); break;
                case 7: count = random.Next(67); break;
                default: break;
            }

            script.Add(Entry(1, kHz, fastest, slowest, rate, burst, flags, reserved, count));
            bool valid = rate is >= 1 and <= 100_000_000 && burst is >= 1 and <= 1_000_000 && flags < 4 && reserved == 0 && count == kHz.Length && IsTable(kHz, fastest, slowest);
            expected.Add(valid ? "1" : "0");
        }

        AssertAlike(script, expected);
        Assert.InRange(expected.Count(answer => answer == "1"), WrongEntries / 10, WrongEntries * 9 / 10);
    }

    [Fact]
    public void Codes_in_the_header_for_C_are_those_of_the_audit()
    {
        HeaderCheck check = new(Path.Combine(Module, "policy.h"));
        foreach ((string name, AuditReason reason) in ((string, AuditReason)[])[
            ("NONE", AuditReason.None), ("NOT_GRANTED", AuditReason.NotGranted), ("NOT_PINNED", AuditReason.NotPinned), ("QUERIES_OFF", AuditReason.QueriesOff), ("BUDGET_SPENT", AuditReason.BudgetSpent),
            ("BAD_ARGUMENT", AuditReason.BadArgument), ("NO_SUCH_CALL", AuditReason.NoSuchCall), ("BOUND_FASTEST", AuditReason.BoundFastest), ("BOUND_SLOWEST", AuditReason.BoundSlowest),
            ("KERNEL_LIMIT", AuditReason.KernelLimit), ("ALREADY_THERE", AuditReason.AlreadyThere), ("BACKEND_FAILURE", AuditReason.BackendFailed), ("GUEST_GONE", AuditReason.GuestGone)])
        {
            check.Constant($"POLLSCALE_KVM_{name}", (long)reason);
        }

        foreach (CallVerdict verdict in Enum.GetValues<CallVerdict>())
        {
            check.Constant($"POLLSCALE_KVM_{Words(verdict)}", (long)verdict);
        }

        foreach (FrequencyStatus status in Enum.GetValues<FrequencyStatus>().Where(s => s is not FrequencyStatus.Granted and not FrequencyStatus.TimedOut))
        {
            check.Constant($"PS_{Words(status)}", (long)status);
        }

        check.Constant("PS_ABI_VERSION", HypercallAbi.Version).Constant("PS_NUMBER_BASE", HypercallAbi.NumberBase).Constant("PS_OPS", HypercallAbi.OpCount)
            .Constant("POLLSCALE_KVM_MAX_PSTATES", HypercallAbi.MaxPStates).Require(atLeast: 30);
    }

    private static string Root => Checkout.Root ?? throw new InvalidOperationException("The module's sources are in the repository that this test was built in.");

    private static string Module => Path.Combine(Root, "HostStub/kmod");

    private static string Words(Enum value) => string.Concat($"{value}".Select((letter, n) => char.IsUpper(letter) && n > 0 ? $"_{letter}" : $"{char.ToUpperInvariant(letter)}"));

    private static PStateTable Table(Random random)
    {
        int count = random.Next(10) == 0 ? HypercallAbi.MaxPStates : random.Next(1, 12);
        SortedSet<uint> kHz = [];
        while (kHz.Count < count)
        {
            kHz.Add((uint)random.Next(1, count > 12 ? 2000 : 60) * 50_000);
        }

        int fastest = random.Next(count);
        return new PStateTable([.. kHz.Reverse()], fastest, random.Next(fastest, count), 0);
    }

    // A guest of one vCPU as a policy file has it, on a pCPU that is held to bounds of its own.
    private static HostFrequency Host(Random random)
    {
        PStateTable table = Table(random);
        int fastest = random.Next(table.SlowestAllowed + 1), slowest = random.Next(Math.Max(fastest, table.FastestAllowed), table.Count);
        GuestPolicy guest = new()
        {
            Name = "vm",
            Control = random.Next(8) != 0,
            Queries = random.Next(8) != 0,
            Fastest = HostLab.Index(fastest),
            Slowest = HostLab.Index(slowest),
            CallsPerSecond = s_rates[random.Next(s_rates.Length)],
            Burst = s_bursts[random.Next(s_bursts.Length)],
            Hypercall = HypercallMode.Module,
            Vcpus = [new VcpuPolicy { Vcpu = 0, Pcpu = 0 }],
        };
        return new HostFrequency(HostLab.Policy(guest), new HostFrequencyOptions { Open = _ => new ScriptedBackend(table) { Emulated = false }, TscHz = TscHz }, 0);
    }

    private static bool IsTable(uint[] kHz, int fastest, int slowest)
    {
        try
        {
            _ = new PStateTable(kHz, fastest, slowest, 0);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string Entry(uint now, ReadOnlySpan<uint> kHz, int fastest, int slowest, int rate, int burst, int flags, int reserved, int? count = null) => string.Create(
        CultureInfo.InvariantCulture,
        $"E {now} {count ?? kHz.Length} {(uint)fastest} {(uint)slowest} {(uint)rate} {(uint)burst} {flags} {reserved} {string.Join(' ', kHz.ToArray().Concat(new uint[HypercallAbi.MaxPStates - kHz.Length]))}");

    private static string Entry(uint now, in pollscale_kvm_grant entry)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<pollscale_kvm_grant>(in entry));
        int at = (int)Marshal.OffsetOf<pollscale_kvm_grant>(nameof(pollscale_kvm_grant.khz));
        ReadOnlySpan<uint> kHz = MemoryMarshal.Cast<byte, uint>(bytes.Slice(at, HypercallAbi.MaxPStates * sizeof(uint)));
        return Entry(now, kHz, (int)entry.fastest, (int)entry.slowest, (int)entry.calls_per_second, (int)entry.burst, (int)entry.flags, (int)entry.reserved, (int)entry.pstates);
    }

    private static void AssertAlike(List<string> script, List<string> expected)
    {
        Assert.SkipUnless(CCompiler.Missing is null, CCompiler.Missing ?? "");
        string program = Path.Combine(CCompiler.OutputDirectory, $"module-policy-{Guid.NewGuid():n}"), lines = program + ".script";
        (int status, _, string error) = CCompiler.Run("gcc", [
            "-O2", "-Wall", "-Wextra", "-Werror", "-fsanitize=undefined", "-fno-sanitize-recover", $"-I{Module}", "-o", program,
            Path.Combine(Module, "policy.c"), Path.Combine(Root, "tests/PollScale.Control.Tests/Policy/module_policy.c")]);
        Assert.True(status == 0, error);
        File.WriteAllLines(lines, script);
        (status, string output, error) = CCompiler.Run(program, [lines]);
        Assert.True(status == 0, error);
        string[] answers = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected.Count, answers.Length);
        for (int i = 0; i < answers.Length; i++)
        {
            Assert.True(expected[i] == answers[i], $"{script[script.FindLastIndex(i, line => line[0] == 'E')]}\n{script[i]}\nC#: {expected[i]}\nC:  {answers[i]}");
        }
    }

    /// <summary>Calls one after the other, decided by the policy in C# as it is for a vCPU that is alone on its core.</summary>
    private sealed class Calls(FrequencyPolicy policy, RequestBudget budget, Random random)
    {
        private RequestBudget _budget = budget;
        private ulong _now = (ulong)random.NextInt64(1_000_000_000_000);
        private int _wish = NoWish;

        /// <summary>What the kernel shows.</summary>
        public uint KHz { get; private set; } = policy.Table[random.Next(policy.Table.Count)];

        private PStateTable Table => policy.Table;

        private int InForce => Table.Nearest(KHz);

        public (string Line, string Answer, AuditReason Reason) Next()
        {
            ulong pause = s_pauses[random.Next(s_pauses.Length)];
            _now += pause == 0 ? 0 : (ulong)random.NextInt64(2 * (long)pause);
            _now = random.Next(5000) == 0 ? ulong.MaxValue - (ulong)random.Next(100) : _now; // and the end of time
            uint op = (uint)(random.Next(20) == 0 ? random.Next(0x10000) : random.Next(9));
            long argument = random.Next(3) == 0 ? s_arguments[random.Next(s_arguments.Length)] : random.Next(20) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : random.Next(3) == 0 ? 0 : random.Next(-4, Table.Count + 2);
            bool pinned = random.Next(10) != 0;
            long kernel = random.Next(12) switch { 0 => -1, 1 => Table[random.Next(Table.Count)], 2 => (uint)random.Next(1, 4_000_000), _ => 0 };
            PolicyDecision decision = Decide(new FrequencyCall((FrequencyOp)op, argument), pinned, kernel);
            return (
                string.Create(CultureInfo.InvariantCulture, $"C {_now} {op} {argument} {(pinned ? 1 : 0)} {kernel}"),
                string.Create(CultureInfo.InvariantCulture, $"{decision.Reply.Value} {decision.Target} {(int)decision.Result} {(int)decision.Reason} {InForce} {_wish}"),
                decision.Reason);
        }

        private PolicyDecision Decide(FrequencyCall call, bool pinned, long kernel)
        {
            if (!_budget.TryPay(_now))
            {
                return PolicyDecision.Throttled;
            }

            PolicyDecision decision = policy.Decide(new GuestRequest(FrequencyPolicy.LcoreVcpu, call, InForce, _wish == NoWish ? InForce : _wish, pinned));
            if (decision.Target < 0)
            {
                return decision;
            }

            if (kernel < 0)
            {
                return PolicyDecision.BackendFailed;
            }

            _wish = decision.Target;
            KHz = kernel > 0 ? (uint)kernel : Table[decision.Target];
            return PcpuArbiter.Settle(decision, [new Seat(0) { Wish = _wish }], new Seat(0), decision.Target, InForce);
        }
    }
}
