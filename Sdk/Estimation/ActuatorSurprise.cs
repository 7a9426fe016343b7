namespace PollScale.Governors;

/// <summary>What a governor has seen of the actuator that the rule behind a <see cref="LossCertificate"/> does not cover.</summary>
public enum ActuatorSurprise
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A request took effect later than the latency stated.</summary>
    Late,

    /// <summary>A request took effect away from the edges of the grid learned: the grid has changed.</summary>
    OffGrid,

    /// <summary>A request that preceded an edge of the grid took effect at a later one: requests are taken up some time before their effect.</summary>
    MissedEdge,
}
