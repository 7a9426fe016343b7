using PollScale.Native;

namespace PollScale.HostStub.Channels.Acpi.Reader;

/// <summary>One debug port in the reader process: its slot, its path, and its connection while there is one.</summary>
/// <param name="slot">Number of its slot.</param>
/// <param name="path">Its socket.</param>
/// <param name="news">Set when there is something new in its slot; disposed with this.</param>
internal sealed class DebugPort(int slot, string path, WakeEvent news) : IDisposable
{
    // A guest's kernel writes at once, and at full speed if it is hostile: so many reads a millisecond, and then none until it is over. QEMU waits meanwhile.
    private const int ReadsPerMs = 32;

    private long _window;
    private int _reads;

    /// <summary>Number of its slot.</summary>
    public int Slot => slot;

    /// <summary>Its socket.</summary>
    public string Path => path;

    /// <summary>Set when there is something new in its slot.</summary>
    public WakeEvent News => news;

    /// <summary>The connection; null while there is none.</summary>
    public StreamDescriptor? Stream { get; set; }

    /// <summary>True while it is not waited for, because it floods.</summary>
    public bool IsPaused { get; set; }

    /// <summary>True once an attempt to connect has come back.</summary>
    public bool WasTried { get; set; }

    /// <summary>Counts a read.</summary>
    /// <returns>False when it has had its share of this millisecond.</returns>
    public bool MayReadOn(long nowMs)
    {
        (_window, _reads) = (nowMs, nowMs == _window ? _reads + 1 : 1);
        return _reads < ReadsPerMs;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stream?.Dispose();
        Stream = null;
        news.Dispose();
    }
}
