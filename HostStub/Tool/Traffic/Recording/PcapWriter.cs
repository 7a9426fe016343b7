using System.Buffers.Binary;
using PollScale.Native;

namespace PollScale.HostStub.Traffic.Recording;

/// <summary>Writes a pcap file of Ethernet frames with times in ns.</summary>
internal sealed class PcapWriter : IDisposable
{
    /// <summary>Longest frame written whole, in bytes: libpcap reads no longer one.</summary>
    public const int SnapLength = 262144;

    private const uint NanoMagic = 0xA1B23C4D;
    private const uint Ethernet = 1;
    private const int RecordHead = 16;
    private const int WriteSize = 64 * 1024; // what a full disk costs at most
    private const long NsPerSecond = 1_000_000_000;
    private const uint Mode = 0b110_100_000; // rw-r-----, as the audit log's
    private readonly ReplacedFile _file;
    private readonly byte[] _block = new byte[WriteSize + RecordHead + SnapLength];
    private int _filled;
    private ulong _waiting;
    private ulong _waitingBytes;
    private long _length;
    private ulong _written;
    private ulong _writtenBytes;

    /// <summary>Begins a file.</summary>
    /// <exception cref="TrafficException">It cannot be made there; nothing has changed then.</exception>
    public PcapWriter(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new TrafficException("--pcap-out takes the path of a file.");
        }

        try
        {
            _file = new ReplacedFile(path, Mode);
        }
        catch (IOException e)
        {
            throw new TrafficException($"Cannot write --pcap-out {path}: {e.Message}");
        }

        Span<byte> head = stackalloc byte[24];
        head.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(head, NanoMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(head[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(head[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(head[16..], SnapLength);
        BinaryPrimitives.WriteUInt32LittleEndian(head[20..], Ethernet);
        head.CopyTo(_block);
        _filled = head.Length;
    }

    /// <summary>Frames in the file; from any thread.</summary>
    public ulong Written => Volatile.Read(ref _written);

    /// <summary>Their bytes; from any thread.</summary>
    public ulong WrittenBytes => Volatile.Read(ref _writtenBytes);

    /// <summary>The file's full path.</summary>
    public string Path => _file.Path;

    /// <summary>Adds a frame.</summary>
    /// <param name="frame">What is longer than <see cref="SnapLength"/> is cut, and the record says so.</param>
    /// <param name="timeNs">Ns since 1970.</param>
    /// <exception cref="IOException">It cannot be written; the file ends with the last frame that was written whole.</exception>
    public void Add(ReadOnlySpan<byte> frame, long timeNs)
    {
        ReadOnlySpan<byte> kept = frame[..Math.Min(frame.Length, SnapLength)];
        Span<byte> record = _block.AsSpan(_filled, RecordHead + kept.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(timeNs / NsPerSecond));
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], (uint)(timeNs % NsPerSecond));
        BinaryPrimitives.WriteUInt32LittleEndian(record[8..], (uint)kept.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[12..], (uint)frame.Length);
        kept.CopyTo(record[RecordHead..]);
        _filled += record.Length;
        _waiting++;
        _waitingBytes += (ulong)kept.Length;
        if (_filled >= WriteSize)
        {
            Flush();
        }
    }

    /// <summary>Writes what was added.</summary>
    /// <exception cref="IOException">It cannot be written; what was added since the last time is lost.</exception>
    public void Flush()
    {
        (int count, ulong frames, ulong bytes) = (_filled, _waiting, _waitingBytes);
        (_filled, _waiting, _waitingBytes) = (0, 0, 0);
        try
        {
            RandomAccess.Write(_file.Handle, _block.AsSpan(0, count), _length);
            _length += count;
            Volatile.Write(ref _written, _written + frames);
            Volatile.Write(ref _writtenBytes, _writtenBytes + bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CutToWhole();
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Gives the file its name. What was added and not flushed is left out.</summary>
    /// <exception cref="IOException">That is not possible.</exception>
    public void Finish()
    {
        if (_length == 0)
        {
            throw new IOException("Nothing could be written.");
        }

        try
        {
            _file.Complete();
        }
        catch (IOException e)
        {
            throw new IOException($"{e.Message} What was recorded is in {_file.Temporary}.", e);
        }
    }

    /// <summary>Ends; a file that was not finished is taken away.</summary>
    public void Dispose() => _file.Dispose();

    private void CutToWhole()
    {
        try
        {
            RandomAccess.SetLength(_file.Handle, _length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The failure of the write is told; a torn last record is what libpcap tells its reader.
        }
    }
}
