using PollScale.Native;

namespace PollScale.HostStub.Guest.Files;

/// <summary>A process's file descriptors, shared by those that clone made with CLONE_FILES. Thread-safe.</summary>
internal sealed class FileTable
{
    /// <summary>RLIMIT_NOFILE.</summary>
    public const int MaxFiles = 256;

    private readonly Lock _lock = new();
    private readonly (OpenFile? File, bool CloseOnExec)[] _files = new (OpenFile?, bool)[MaxFiles];
    private int _users = 1;

    private FileTable()
    {
    }

    public FileTable(GuestConsole console)
    {
        Add(new OpenFile(new NullFile(), LibC.O_RDWR));
        OpenFile output = new(new ConsoleFile(console), LibC.O_RDWR);
        Add(output);
        Add(output);
    }

    /// <summary>The file of a descriptor, or null.</summary>
    public OpenFile? this[ulong fd]
    {
        get
        {
            lock (_lock)
            {
                return fd < MaxFiles ? _files[fd].File : null;
            }
        }
    }

    /// <summary>Gives a file the lowest free descriptor.</summary>
    /// <returns>The descriptor, or -1 when all are used.</returns>
    public int Add(OpenFile file, int lowest = 0, bool closeOnExec = false)
    {
        lock (_lock)
        {
            for (int fd = Math.Max(0, lowest); fd < MaxFiles; fd++)
            {
                if (_files[fd].File is null)
                {
                    file.Retain();
                    _files[fd] = (file, closeOnExec);
                    return fd;
                }
            }

            return -1;
        }
    }

    /// <summary>dup2 and dup3: what the descriptor stood for is closed.</summary>
    /// <returns>False when there is no such descriptor.</returns>
    public bool Replace(OpenFile file, ulong fd, bool closeOnExec)
    {
        if (fd >= MaxFiles)
        {
            return false;
        }

        OpenFile? old;
        lock (_lock)
        {
            old = _files[fd].File;
            file.Retain();
            _files[fd] = (file, closeOnExec);
        }

        old?.Release();
        return true;
    }

    /// <summary>FD_CLOEXEC of a descriptor that is open. Nothing is executed here, yet a program may ask.</summary>
    public bool IsCloseOnExec(ulong fd)
    {
        lock (_lock)
        {
            return fd < MaxFiles && _files[fd].CloseOnExec;
        }
    }

    public void SetCloseOnExec(ulong fd, bool value)
    {
        lock (_lock)
        {
            if (fd < MaxFiles && _files[fd].File is not null)
            {
                _files[fd].CloseOnExec = value;
            }
        }
    }

    /// <summary>close(2).</summary>
    /// <returns>False when the descriptor is not open.</returns>
    public bool Close(ulong fd)
    {
        OpenFile? file = null;
        lock (_lock)
        {
            if (fd < MaxFiles)
            {
                file = _files[fd].File;
                _files[fd] = default;
            }
        }

        file?.Release();
        return file is not null;
    }

    /// <summary>One more thread or child uses this table.</summary>
    public FileTable Share()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    /// <summary>A table of its own with the same files.</summary>
    public FileTable Copy()
    {
        FileTable copy = new();
        lock (_lock)
        {
            for (int fd = 0; fd < MaxFiles; fd++)
            {
                _files[fd].File?.Retain();
                copy._files[fd] = _files[fd];
            }
        }

        return copy;
    }

    /// <summary>A user is gone; the last one's descriptors are closed.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            for (ulong fd = 0; fd < MaxFiles; fd++)
            {
                Close(fd);
            }
        }
    }
}
