using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Guests;

/// <summary>What a guest's VM needs for the channels that the policy gives it.</summary>
[LineOf("guest", LineType.Summary)]
internal sealed record GuestSetup : SummaryLine
{
    /// <summary>Name of the guest.</summary>
    public required string Guest { get; init; }

    /// <summary>The policy file.</summary>
    public required string Policy { get; init; }

    /// <summary>In whose form; null where only the table was written.</summary>
    public VmManager? For { get; init; }

    /// <summary>What to add to the VM, and what to do beside.</summary>
    public IReadOnlyList<GuestPart> Parts { get; init; } = [];

    /// <summary>The ACPI table that was written; null for none.</summary>
    public string? AcpiTable { get; init; }

    /// <summary>What is in it, a vCPU each.</summary>
    public IReadOnlyList<AcpiVcpu> AcpiVcpus { get; init; } = [];

    /// <summary>What to know of it, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
