namespace PollScale.Governors;

/// <summary>Why a governor wants a P-state.</summary>
public enum DecisionReason : byte
{
    /// <summary>It does not say.</summary>
    None,

    /// <summary>Nothing arrives.</summary>
    Idle,

    /// <summary>The rate at which packets go on arriving.</summary>
    Rate,

    /// <summary>A steady stream lags behind by more than it may.</summary>
    Lag,

    /// <summary>Packets that wait would miss their delay bound.</summary>
    Deadline,

    /// <summary>The backlog is to be gone within the drain time.</summary>
    Drain,

    /// <summary>A peak of demand is held for a while.</summary>
    Hold,

    /// <summary>The ring could overflow before a later request takes effect.</summary>
    Certificate,

    /// <summary>It tries out how soon requests take effect.</summary>
    Calibration,
}
