namespace PollScale.Governors;

/// <summary>What a governor has seen of the actuator that it did not expect. Only <see cref="Late"/> is beyond a <see cref="LossCertificate"/>.</summary>
public enum ActuatorSurprise
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A request took effect later than the latency stated: nothing is promised any more.</summary>
    Late,

    /// <summary>A request took effect away from the edges of the grid learned: they are not trusted until effects come at edges again. The certificate rests on none.</summary>
    OffGrid,

    /// <summary>Requests that preceded an edge by as much as others that were in time for one took effect at a later one. As for <see cref="OffGrid"/>.</summary>
    MissedEdge,
}
