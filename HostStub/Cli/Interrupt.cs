namespace PollScale.HostStub.Cli;

/// <summary>Ctrl-C, counted: the first asks for an orderly end, the second for an end at once.</summary>
internal sealed class Interrupt : IDisposable
{
    private readonly ManualResetEventSlim _raised = new();
    private int _count;

    /// <summary>Times raised.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Counts one; from any thread.</summary>
    public void Raise()
    {
        Interlocked.Increment(ref _count);
        _raised.Set();
    }

    /// <summary>Ends a <see cref="Sleep"/> without counting; from any thread.</summary>
    public void Wake() => _raised.Set();

    /// <summary>Sleeps for <paramref name="time"/>, less when an interrupt comes.</summary>
    public void Sleep(TimeSpan time)
    {
        if (_raised.Wait(time))
        {
            _raised.Reset();
        }
    }

    public void Dispose() => _raised.Dispose();
}
