namespace PollScale.Governors;

/// <summary>A governor whose original makes calls that change nothing, and that knows when.</summary>
internal interface ICallingGovernor : IGovernor
{
    /// <summary>In the last decision the original called, be it for the P-state that is in force.</summary>
    bool Called { get; }
}
