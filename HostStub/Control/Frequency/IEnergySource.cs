namespace PollScale.HostStub.Frequency;

/// <summary>A backend that knows how long it was in which P-state and what each draws.</summary>
internal interface IEnergySource
{
    /// <summary>P-state in effect; a due transition may not be counted yet.</summary>
    int Effective { get; }

    /// <summary>TSC since which <see cref="Effective"/> is in effect.</summary>
    ulong ChangedTsc { get; }

    /// <summary>Residency and energy from the backend's start to <paramref name="tsc"/>.</summary>
    EnergySnapshot Energy(ulong tsc);
}
