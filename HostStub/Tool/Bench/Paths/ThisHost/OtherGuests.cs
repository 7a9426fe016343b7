namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>The guests that make a load.</summary>
internal sealed class OtherGuests : IDisposable
{
    private readonly List<OtherGuest> _guests = [];

    /// <summary>Begins to make it.</summary>
    /// <param name="load">The load.</param>
    /// <param name="device">The guests' channel.</param>
    /// <param name="folder">Where they and their host meet.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">A socket cannot be made.</exception>
    public OtherGuests(PathLoad load, PathDevice device, string folder)
    {
        try
        {
            foreach (string socket in PathSockets.Others(folder, load.Guests))
            {
                _guests.Add(new OtherGuest(device, socket, load.PerSecond));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>How often they asked; null where there are none.</summary>
    public long? Asked => _guests.Count > 0 ? _guests.Sum(guest => guest.Asked) : null;

    /// <summary>How often they were answered before they asked again; null where there are none.</summary>
    public long? Answered => _guests.Count > 0 ? _guests.Sum(guest => guest.Answered) : null;

    /// <summary>Has them ask no more.</summary>
    public void Stop() => _guests.ForEach(guest => guest.Dispose());

    /// <inheritdoc/>
    public void Dispose() => Stop();
}
