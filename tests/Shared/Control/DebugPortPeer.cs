using System.Diagnostics;
using PollScale.Native;

namespace PollScale.Tests.Shared.Control;

/// <summary>A VM's debug port as QEMU has it (-chardev socket,server=on,wait=off): listens, takes one reader, and writes without waiting for anything but room.</summary>
internal sealed class DebugPortPeer : IDisposable
{
    private readonly StreamDescriptor _listener;
    private StreamDescriptor? _reader;

    public DebugPortPeer(string path)
    {
        File.Delete(path);
        _listener = UnixSocket.Listen(path);
    }

    /// <summary>Longest that one byte had to wait for room.</summary>
    public TimeSpan LongestWait { get; private set; }

    /// <summary>Waits until the reader is there.</summary>
    public DebugPortPeer Meet()
    {
        ChannelLab.Until(() => (_reader ??= UnixSocket.TryAccept(_listener)) is not null, "no reader comes");
        return this;
    }

    /// <summary>Writes bytes one by one, as a guest does.</summary>
    public void Write(params ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            Write(value);
        }
    }

    /// <summary>The reader has gone: waits for the next one.</summary>
    public void MeetAgain()
    {
        _reader?.Dispose();
        _reader = null;
        Meet();
    }

    /// <summary>True when the reader has closed its end.</summary>
    public bool IsLeft() => _reader!.Read(stackalloc byte[1]) == 0;

    // The listener first: a reader comes again at once.
    public void Dispose()
    {
        _listener.Dispose();
        _reader?.Dispose();
    }

    private void Write(byte value)
    {
        long begun = Stopwatch.GetTimestamp();
        while (_reader!.Write([value]) is int written and not 1)
        {
            Xunit.Assert.Equal(-LibC.EAGAIN, written);
            _reader.WaitWritable(1000);
            Xunit.Assert.True(Stopwatch.GetElapsedTime(begun) < ChannelLab.Patience, "Nobody takes the bytes.");
        }

        TimeSpan waited = Stopwatch.GetElapsedTime(begun);
        LongestWait = waited > LongestWait ? waited : LongestWait;
    }
}
