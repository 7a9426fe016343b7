namespace PollScale.HostStub.Guest.Files;

/// <summary>The guest's file descriptors and the few paths it can open. Thread-safe.</summary>
internal sealed class FileTable
{
    private const int MaxFiles = 256;
    private readonly Lock _lock = new();
    private readonly IGuestFile?[] _files = new IGuestFile?[MaxFiles];
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _offered = [];
    private readonly ulong _packetRegionSize;

    public FileTable(GuestConsole console, ulong packetRegionSize)
    {
        _packetRegionSize = packetRegionSize;
        _files[0] = new NullFile();
        _files[1] = _files[2] = new ConsoleFile(console);
    }

    /// <summary>Path of the packet region.</summary>
    public const string PacketRegionPath = "/dev/memif0";

    /// <summary>What a path names, or null.</summary>
    public IGuestFile? Find(string path) => path switch
    {
        "/dev/mem" => new MemFile(),
        PacketRegionPath when _packetRegionSize > 0 => new PacketRegionFile(_packetRegionSize),
        "/dev/null" => new NullFile(),
        "/dev/urandom" or "/dev/random" => new RandomFile(),
        _ => _offered.TryGetValue(path, out ReadOnlyMemory<byte> content) ? new ReadOnlyFile(content) : null,
    };

    /// <summary>Lets the guest open a path for reading. Before the guest runs.</summary>
    public void Offer(string path, ReadOnlyMemory<byte> content) => _offered.Add(path, content);

    /// <summary>The file of a descriptor, or null.</summary>
    public IGuestFile? this[ulong fd]
    {
        get
        {
            lock (_lock)
            {
                return fd < MaxFiles ? _files[fd] : null;
            }
        }
    }

    /// <summary>Gives a file the lowest free descriptor.</summary>
    /// <returns>The descriptor, or -1 when all are used.</returns>
    public int Add(IGuestFile file, int lowest = 0)
    {
        lock (_lock)
        {
            for (int fd = Math.Max(0, lowest); fd < MaxFiles; fd++)
            {
                if (_files[fd] is null)
                {
                    _files[fd] = file;
                    return fd;
                }
            }

            return -1;
        }
    }

    /// <summary>close(2).</summary>
    /// <returns>False when the descriptor is not open.</returns>
    public bool Close(ulong fd)
    {
        lock (_lock)
        {
            if (fd >= MaxFiles || _files[fd] is not { } file)
            {
                return false;
            }

            _files[fd] = null;
            if (!_files.Contains(file))
            {
                file.Close();
            }

            return true;
        }
    }
}
