namespace PollScale.Memif.Control;

/// <summary>A port of a client: when it is connected next.</summary>
internal sealed class ClientSeat(MemifPort port)
{
    private const int LeastPause = 50, MostPause = 1000;
    private int _pause = LeastPause;

    public MemifPort Port => port;

    /// <summary>Its connection, up or being made.</summary>
    public ControlChannel? Channel { get; set; }

    /// <summary>Time in ms of the next attempt.</summary>
    public long NextTry { get; private set; }

    /// <summary>An attempt failed, or a link was lost: the pause before the next one doubles until a link was up.</summary>
    public void Pause(long now, bool wasUp)
    {
        _pause = wasUp ? LeastPause : _pause;
        NextTry = now + _pause;
        _pause = Math.Min(_pause * 2, MostPause);
    }
}
