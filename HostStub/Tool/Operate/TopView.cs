using PollScale.HostStub.Operate.Protocol;

namespace PollScale.HostStub.Operate;

/// <summary>What top shows at one moment.</summary>
/// <param name="Status">The last answer.</param>
/// <param name="Rows">Its vCPUs, with rates since the answer before.</param>
/// <param name="Trouble">Why there is no later one; null where it is fresh.</param>
internal sealed record TopView(DaemonStatus Status, IReadOnlyList<StatusRow> Rows, string? Trouble);
