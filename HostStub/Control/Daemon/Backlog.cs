using System.Globalization;
using PollScale.HostStub.Daemon.Endpoints;

namespace PollScale.HostStub.Daemon;

/// <summary>
/// Sees two programs on one socket of QEMU's. QEMU takes one connection; the next one succeeds as well, and waits unseen in the backlog until the first
/// has gone. The kernel shows such a connection as a socket of the listener's path that belongs to no process.
/// </summary>
/// <param name="server">The server.</param>
/// <param name="table">The kernel's table of unix sockets.</param>
internal sealed class Backlog(ChannelServer server, string table = "/proc/net/unix")
{
    private const string Connecting = "02";
    private const int WithPeer = 3; // references; one whose program has gone has fewer, and waits for QEMU all the same
    private readonly Dictionary<ServedChannel, ulong> _suspects = [];

    /// <summary>Looks at channels that are connected and have brought nothing so far, and at those told before; every few seconds. One that is seen twice is told.</summary>
    public void Check()
    {
        ServedChannel[] silent = [.. server.Channels.Where(channel => channel.Binding.Endpoint is ConnectEndpoint && channel.Stream is not null)];
        if (silent.Length == 0)
        {
            _suspects.Clear();
            return;
        }

        HashSet<string> waited = Waited();
        foreach (ServedChannel channel in silent)
        {
            bool waits = channel.Binding.Endpoint is ConnectEndpoint connect && waited.Contains(connect.Path);
            ulong connection = channel.Counters.Connects;
            bool again = _suspects.TryGetValue(channel, out ulong before) && before == connection;
            channel.PeerProblem = !waits ? null
                : !again ? channel.PeerProblem
                : channel.WasHeard ? "another program is connected to this socket too, and waits in vain: QEMU serves one. Look for a second daemon."
                : "QEMU has not taken the connection: another program has this socket, or the VM is stopped. Look for a second daemon.";
            if (waits)
            {
                _suspects[channel] = connection;
            }
            else
            {
                _suspects.Remove(channel);
            }
        }
    }

    private HashSet<string> Waited()
    {
        HashSet<string> paths = [];
        try
        {
            // Num RefCount Protocol Flags Type St Inode Path
            foreach (string line in File.ReadLines(table))
            {
                string[] fields = line.Split(' ', 8, StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length == 8 && fields[5] == Connecting && fields[6].TrimStart('0').Length == 0 && IsHeld(fields[1]))
                {
                    paths.Add(fields[7]);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            paths.Clear(); // without procfs it is not seen
        }

        return paths;
    }

    private static bool IsHeld(string references) => int.TryParse(references, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int count) && count >= WithPeer;
}
