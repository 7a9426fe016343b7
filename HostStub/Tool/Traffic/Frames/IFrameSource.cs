namespace PollScale.HostStub.Traffic.Frames;

/// <summary>Gives the frames to send, one after the other.</summary>
internal interface IFrameSource : IDisposable
{
    /// <summary>Bytes of the longest frame, without FCS.</summary>
    int MaxLength { get; }

    /// <summary>The next frame; allocates nothing. Valid until the source is disposed.</summary>
    FrameRef Next();
}
