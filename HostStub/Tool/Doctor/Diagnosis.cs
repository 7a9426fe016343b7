using PollScale.HostStub.Report.Kit;
using PollScale.Transports;

namespace PollScale.HostStub.Doctor;

/// <summary>All that was found, and the verdict.</summary>
[LineOf("doctor", LineType.Summary)]
internal sealed record Diagnosis : SummaryLine
{
    /// <summary>What the machine was to be usable for.</summary>
    public required Purpose For { get; init; }

    /// <summary>It is.</summary>
    public required bool Usable { get; init; }

    /// <summary>The verdict in a sentence.</summary>
    public required string Verdict { get; init; }

    /// <summary>The findings, in a fixed order.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>The transports an application on this machine could use.</summary>
    public required IReadOnlyList<TransportReport> Transports { get; init; }

    /// <summary>Whether loss can be ruled out; null when it was not asked.</summary>
    public CertificateFinding? Certificate { get; init; }
}
