using PollScale.HostStub.Operate.Protocol;

namespace PollScale.HostStub.Operate;

/// <summary>A vCPU in a table.</summary>
/// <param name="Vcpu">As the daemon tells of it.</param>
/// <param name="CallsPerS">Calls a second; null where one look says nothing of it.</param>
/// <param name="RefusedPerS">The same of those that were refused.</param>
internal sealed record StatusRow(VcpuLine Vcpu, double? CallsPerS, double? RefusedPerS)
{
    /// <summary>It is not well, or has something else than it wishes.</summary>
    public bool HasTrouble => Vcpu.Problems.Any();

    /// <summary>What it wishes is not what it has.</summary>
    public bool IsHeld => Vcpu.WishedKhz is uint wished && wished != Vcpu.RealKhz;

    /// <summary>Rows of two looks.</summary>
    /// <param name="now">The later.</param>
    /// <param name="before">The one before; null for none.</param>
    public static IReadOnlyList<StatusRow> Of(DaemonStatus now, DaemonStatus? before)
    {
        double seconds = before is null ? 0 : now.UptimeS - before.UptimeS;
        Dictionary<(string, int), VcpuLine> former = seconds <= 0 ? [] : before!.Vcpus.DistinctBy(vcpu => (vcpu.Guest, vcpu.Vcpu)).ToDictionary(vcpu => (vcpu.Guest, vcpu.Vcpu));
        return [.. now.Vcpus.Select(vcpu => former.TryGetValue((vcpu.Guest, vcpu.Vcpu), out VcpuLine? then)
            ? new StatusRow(vcpu, Rate(vcpu.Calls, then.Calls), Rate(vcpu.Refused, then.Refused))
            : new StatusRow(vcpu, null, null))];

        double Rate(ulong later, ulong earlier) => later >= earlier ? (later - earlier) / seconds : 0;
    }

    /// <summary>Rows in an order.</summary>
    public static IReadOnlyList<StatusRow> Sort(IReadOnlyList<StatusRow> rows, TopOrder order) => order switch
    {
        TopOrder.Busy => [.. rows.OrderByDescending(row => row.CallsPerS ?? 0).ThenBy(Name, StringComparer.Ordinal).ThenBy(row => row.Vcpu.Vcpu)],
        TopOrder.Trouble => [.. rows.OrderByDescending(row => row.HasTrouble).ThenByDescending(row => row.IsHeld).ThenBy(Name, StringComparer.Ordinal).ThenBy(row => row.Vcpu.Vcpu)],
        _ => [.. rows.OrderBy(Name, StringComparer.Ordinal).ThenBy(row => row.Vcpu.Vcpu)],
    };

    private static string Name(StatusRow row) => row.Vcpu.Guest;
}
