using PollScale.HostStub.Policy.Status;
using PollScale.Hypercall;

namespace PollScale.HostStub.Policy.Cores;

/// <content>What is seen of a vCPU from outside.</content>
internal sealed partial class VcpuService
{
    /// <summary>How it stands. Takes no lock that a call or a core's files are waited for with, so it delays none and waits for none; each field is whole.</summary>
    /// <param name="tsc">TSC now.</param>
    /// <param name="tscHz">TSC ticks a second.</param>
    internal VcpuStatus Status(ulong tsc, double tscHz)
    {
        VcpuBinding? binding = _binding;
        PStateTable table = binding?.Table ?? _table;
        int wish = binding?.Seat.Wish ?? Seat.NoWish;
        CoreView core = binding?.Core.View(binding.Seat) ?? new CoreView(-1, -1, default, null);
        ulong last = Volatile.Read(ref _last);
        return new VcpuStatus
        {
            Guest = _guest,
            Vcpu = _vcpu,
            Pcpu = binding?.Seat.Pcpu,
            Control = Granted,
            Emulated = Emulated,
            InKernel = IsAnsweredInKernel,
            Hangs = binding?.Core.Hangs(s_patience) == true,
            PStatesKhz = table.KHz.ToArray(),
            FastestKhz = table[table.FastestAllowed],
            SlowestKhz = table[table.SlowestAllowed],
            WishedKhz = wish == Seat.NoWish ? null : KHz(table, binding!.Seat.Asked),
            GrantedKhz = KHz(table, wish),
            RealKhz = KHz(table, core.Real),
            Why = Why(binding, wish, core, LastDecision.Reason(last)),
            DecidedS = Seconds(LastDecision.Tsc(last), tsc, tscHz),
            InStateS = Seconds(core.Meter?.ChangedTsc ?? 0, tsc, tscHz),
            Calls = _counters.Snapshot(),
            Energy = core.Meter?.Energy(tsc),
        };
    }

    private AuditReason Why(VcpuBinding? binding, int wish, in CoreView core, AuditReason last) => binding switch
    {
        null => AuditReason.BackendFailed,
        { Granted: false } => binding.Policy.DeniedReason,
        _ when !_pinned => AuditReason.NotPinned,
        _ when IsRefusal(last) => last,
        _ when wish == Seat.NoWish => last is AuditReason.GuestGone or AuditReason.Silent or AuditReason.PolicyChanged or AuditReason.NotPinned or AuditReason.OperatorDenied or AuditReason.OperatorWithdrew ? last : AuditReason.NothingAsked,
        _ when core.InForce != wish => core.WhyOther,
        _ when binding.Seat.Asked < wish => binding.Policy.FastestReason,
        _ when binding.Seat.Asked > wish => binding.Policy.SlowestReason,
        _ => AuditReason.None,
    };

    // The last change was not made: what is granted is older.
    private static bool IsRefusal(AuditReason reason) => reason is AuditReason.NotTheLcore or AuditReason.BudgetSpent or AuditReason.BadArgument or AuditReason.BackendFailed or AuditReason.AnsweredInKernel;

    private static uint? KHz(PStateTable table, int index) => (uint)index < (uint)table.Count ? table[index] : null;

    private static double? Seconds(ulong since, ulong tsc, double tscHz) => since == 0 ? null : tsc > since ? (tsc - since) / tscHz : 0;
}
