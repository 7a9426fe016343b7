namespace PollScale.HostStub.Report.Html;

/// <summary>How a curve is drawn.</summary>
internal enum CurveShape
{
    /// <summary>A line through its points.</summary>
    Line,

    /// <summary>A line that keeps each value until the next point: a histogram.</summary>
    Steps,

    /// <summary>The points alone.</summary>
    Points,
}
