namespace PollScale.Tests.Shared.Fuse;

/// <summary>Numbers of the paths that the kernel knows; the root is 1, as the protocol has it.</summary>
internal sealed class FuseNodes(string root)
{
    private readonly Lock _gate = new();
    private readonly List<string> _paths = ["", root];

    public string this[ulong node]
    {
        get
        {
            lock (_gate)
            {
                return _paths[(int)node];
            }
        }
    }

    public ulong Of(string path)
    {
        lock (_gate)
        {
            int known = _paths.IndexOf(path);
            if (known < 0)
            {
                known = _paths.Count;
                _paths.Add(path);
            }

            return (ulong)known;
        }
    }
}
