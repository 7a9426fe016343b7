namespace PollScale.Hypercall;

/// <summary>Takes what is published while no guest is there.</summary>
internal sealed class NoStatusSink : IStatusSink
{
    /// <summary>The one.</summary>
    public static readonly NoStatusSink Instance = new();

    private NoStatusSink()
    {
    }

    /// <inheritdoc/>
    public void Publish(int pState, uint kHz, ulong tsc, uint stretchQ16)
    {
    }
}
