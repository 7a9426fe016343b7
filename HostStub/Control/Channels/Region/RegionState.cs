namespace PollScale.HostStub.Channels.Region;

/// <summary>How a guest's region is, for reports. Written by the regions' thread and by who watches paths, read from any.</summary>
/// <param name="name">Name of the guest.</param>
/// <param name="endpointName">Kind and path.</param>
internal sealed class RegionState(string name, string endpointName)
{
    private volatile string? _pathProblem;
    private volatile string? _peerProblem;
    private volatile bool _isConnected;
    private volatile bool _hearsHypercalls;
    private volatile int _process;

    /// <summary>Name of the guest.</summary>
    public string Name => name;

    /// <summary>Kind and path.</summary>
    public string EndpointName => endpointName;

    /// <summary>A VM is there.</summary>
    public bool IsConnected
    {
        get => _isConnected;
        set => _isConnected = value;
    }

    /// <summary>The VM's process; 0 while there is none.</summary>
    public int Process
    {
        get => _process;
        set => _process = value;
    }

    /// <summary>Its hypercalls are to ring.</summary>
    public bool HearsHypercalls
    {
        get => _hearsHypercalls;
        set => _hearsHypercalls = value;
    }

    /// <summary>What happened to its path; null while all is well.</summary>
    public string? PathProblem
    {
        get => _pathProblem;
        set => _pathProblem = value;
    }

    /// <summary>What is wrong with who wants to connect; null while nothing is.</summary>
    public string? PeerProblem
    {
        get => _peerProblem;
        set => _peerProblem = value;
    }
}
