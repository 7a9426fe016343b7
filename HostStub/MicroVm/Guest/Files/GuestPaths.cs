using PollScale.Native;

namespace PollScale.HostStub.Guest.Files;

/// <summary>The few paths there are: / and /dev, the devices in it, and files that the host offers. Nothing of the host's is reachable.</summary>
/// <param name="packetRegionSize">Bytes of the packet region; 0 for none.</param>
internal sealed class GuestPaths(ulong packetRegionSize)
{
    private const int MaxName = 255;
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _offered = [];

    /// <summary>Path of the packet region.</summary>
    public const string PacketRegionPath = "/dev/memif0";

    /// <summary>What an absolute path without dots names, or null.</summary>
    public IGuestFile? Find(string path) => path switch
    {
        "/" or "/dev" => new DirectoryFile(path),
        "/dev/mem" => new MemFile(),
        PacketRegionPath when packetRegionSize > 0 => new PacketRegionFile(packetRegionSize),
        "/dev/null" => new NullFile(),
        "/dev/urandom" => new RandomFile(RandomFile.Urandom),
        "/dev/random" => new RandomFile(RandomFile.Random),
        _ => _offered.TryGetValue(path, out ReadOnlyMemory<byte> content) ? new ReadOnlyFile(content) : null,
    };

    /// <summary>Lets the guest open a path for reading. Before the guest runs.</summary>
    public void Offer(string path, ReadOnlyMemory<byte> content) => _offered.Add(path, content);

    /// <summary>Walks a path name by name, as Linux does.</summary>
    /// <param name="path">The path, as the guest gave it.</param>
    /// <param name="folder">Absolute path where a relative one begins.</param>
    /// <param name="file">What it names.</param>
    /// <param name="absolute">Where it leads, also when nothing is there yet.</param>
    /// <returns>0, or the errno: ENOENT with <paramref name="absolute"/> not empty when only the last name is missing.</returns>
    public int Walk(string path, string folder, out IGuestFile? file, out string absolute)
    {
        file = null;
        absolute = "";
        if (path.Length == 0)
        {
            return LibC.ENOENT;
        }

        string[] names = path.Split('/');
        string at = path[0] == '/' ? "/" : folder;
        for (int i = 0; i < names.Length; i++)
        {
            // An empty name at the end is a trailing slash: what it follows must be a folder.
            if (names[i].Length > MaxName)
            {
                return LibC.ENAMETOOLONG;
            }

            file = Find(at);
            if (file is null || !FileModes.IsDirectory(file.Mode))
            {
                return file is null ? LibC.ENOENT : LibC.ENOTDIR;
            }

            at = names[i] switch
            {
                "" or "." => at,
                ".." => at.LastIndexOf('/') is > 0 and var slash ? at[..slash] : "/",
                var name => at.TrimEnd('/') + "/" + name,
            };
        }

        file = Find(at);
        absolute = at;
        return file is null ? LibC.ENOENT : 0;
    }
}
