using PollScale.Native;

namespace PollScale.HostStub.Guest.Files;

/// <summary>A file of fixed content, read from its start to its end. Thread-safe.</summary>
internal sealed class ReadOnlyFile(ReadOnlyMemory<byte> content) : IGuestFile
{
    private readonly Lock _lock = new();
    private int _position;

    public uint Mode => FileModes.Regular;

    public ulong Size => (ulong)content.Length;

    public long Read(Span<byte> destination)
    {
        lock (_lock)
        {
            int count = Math.Min(destination.Length, content.Length - _position);
            content.Span.Slice(_position, count).CopyTo(destination);
            _position += count;
            return count;
        }
    }

    public long Write(ReadOnlySpan<byte> source) => -LibC.EBADF;
}
