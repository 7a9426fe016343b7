namespace PollScale.Governors;

/// <summary>A governor that keeps packets from waiting longer than a bound, as a <see cref="DelayCertificate"/> presumes.</summary>
public interface IDelayBoundGovernor : ILossBoundGovernor
{
    /// <summary>D, the longest time a packet may wait.</summary>
    TimeSpan DelayBound { get; }
}
