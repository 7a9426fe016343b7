using PollScale.Native;

namespace PollScale.HostStub.Guest.Files;

/// <summary>A file of fixed content. Thread-safe.</summary>
internal sealed class ReadOnlyFile(ReadOnlyMemory<byte> content) : IGuestFile
{
    private readonly Lock _lock = new();
    private long _position;

    public uint Mode => FileModes.Regular;

    public ulong Size => (ulong)content.Length;

    public bool CanSeek => true;

    public long Read(Span<byte> destination)
    {
        lock (_lock)
        {
            long count = ReadAt((ulong)_position, destination);
            _position += count;
            return count;
        }
    }

    public long ReadAt(ulong position, Span<byte> destination)
    {
        if (position >= Size)
        {
            return 0;
        }

        ReadOnlySpan<byte> rest = content.Span[(int)position..];
        rest = rest[..Math.Min(rest.Length, destination.Length)];
        rest.CopyTo(destination);
        return rest.Length;
    }

    public long Write(ReadOnlySpan<byte> source) => -LibC.EBADF;

    public long Seek(long offset, int whence)
    {
        lock (_lock)
        {
            long from = whence switch
            {
                LibC.SEEK_SET => 0,
                LibC.SEEK_CUR => _position,
                _ => content.Length,
            };
            if (offset < -from || offset > long.MaxValue - from)
            {
                return -LibC.EINVAL;
            }

            return _position = from + offset;
        }
    }
}
