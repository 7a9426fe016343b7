namespace PollScale.HostStub.Audit;

/// <summary>What an operator did, or was refused.</summary>
internal sealed record OperatorAct
{
    /// <summary>The operator's user number, as the kernel told it.</summary>
    public required uint User { get; init; }

    /// <summary>The process that asked.</summary>
    public required int Process { get; init; }

    /// <summary>The guest, or what was named so.</summary>
    public required string Guest { get; init; }

    /// <summary>The vCPU; null for all of the guest's.</summary>
    public int? Vcpu { get; init; }

    /// <summary>What was set, in words.</summary>
    public required string Set { get; init; }

    /// <summary>Why it was refused; null where it was done.</summary>
    public string? Refused { get; init; }
}
