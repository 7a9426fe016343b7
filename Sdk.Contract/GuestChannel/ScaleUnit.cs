namespace PollScale.GuestChannel;

/// <summary>What a <see cref="ChannelCommand.CpuPower"/> packet asks for.</summary>
internal enum ScaleUnit : uint
{
    /// <summary>Nothing; not valid.</summary>
    None = 0,

    /// <summary>RTE_POWER_SCALE_UP: one P-state faster.</summary>
    Up = 1,

    /// <summary>RTE_POWER_SCALE_DOWN: one P-state slower.</summary>
    Down = 2,

    /// <summary>RTE_POWER_SCALE_MAX: the fastest.</summary>
    Max = 3,

    /// <summary>RTE_POWER_SCALE_MIN: the slowest.</summary>
    Min = 4,

    /// <summary>RTE_POWER_ENABLE_TURBO: the turbo P-state may be used.</summary>
    EnableTurbo = 5,

    /// <summary>RTE_POWER_DISABLE_TURBO: the turbo P-state may not be used.</summary>
    DisableTurbo = 6,
}
