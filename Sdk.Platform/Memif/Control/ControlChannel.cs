namespace PollScale.Memif.Control;

/// <summary>One connection of a control socket.</summary>
/// <param name="key">Its number in the set that is waited for.</param>
/// <param name="socket">The connection.</param>
/// <param name="handshake">What is said on it.</param>
/// <param name="deadline">Time in ms by which the link is to be up.</param>
internal sealed class ControlChannel(int key, ControlSocket socket, IHandshake handshake, long deadline) : IDisposable
{
    public int Key => key;

    public ControlSocket Socket => socket;

    public IHandshake Handshake => handshake;

    public long Deadline => deadline;

    /// <summary>The port was offered the link.</summary>
    public bool IsUp { get; set; }

    public void Dispose()
    {
        handshake.Dispose();
        socket.Dispose();
    }
}
