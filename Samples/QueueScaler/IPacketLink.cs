using PollScale.Memif;

namespace PollScale.Samples.QueueScaler;

/// <summary>Where packets come from and go to: a struct, so that the compiler inlines it into <see cref="ForwardingLoop{TClock, TLink}"/>.</summary>
internal interface IPacketLink
{
    /// <summary>Packets that come; only while the link is up.</summary>
    RxQueue Rx { get; }

    /// <summary>Packets that go; only while the link is up.</summary>
    TxQueue Tx { get; }

    /// <summary>The last packet has been sent: drain, then leave.</summary>
    bool IsStopped { get; }

    /// <summary>Begins a poll.</summary>
    /// <returns>False while the link is down.</returns>
    bool Poll();
}
