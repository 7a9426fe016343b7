using PollScale.HostStub.Guest.Syscalls;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Files;

/// <summary>A pipe within the guest: 64 KiB, as in Linux.</summary>
internal sealed class GuestPipe
{
    private const int Capacity = 65536;
    private readonly Lock _lock = new();
    private readonly Queue<byte> _bytes = new();
    private bool _readerClosed;
    private bool _writerClosed;

    public GuestPipe()
    {
        ReadEnd = new End(this, reader: true);
        WriteEnd = new End(this, reader: false);
    }

    public IGuestFile ReadEnd { get; }

    public IGuestFile WriteEnd { get; }

    private long Read(Span<byte> destination)
    {
        lock (_lock)
        {
            if (_bytes.Count == 0)
            {
                return _writerClosed || destination.IsEmpty ? 0 : SyscallResult.Blocked;
            }

            int count = Math.Min(destination.Length, _bytes.Count);
            for (int i = 0; i < count; i++)
            {
                destination[i] = _bytes.Dequeue();
            }

            return count;
        }
    }

    private long Write(ReadOnlySpan<byte> source)
    {
        const int EPIPE = 32;
        lock (_lock)
        {
            if (_readerClosed)
            {
                return -EPIPE;
            }

            int count = Math.Min(source.Length, Capacity - _bytes.Count);
            foreach (byte value in source[..count])
            {
                _bytes.Enqueue(value);
            }

            return count > 0 || source.IsEmpty ? count : SyscallResult.Blocked;
        }
    }

    private sealed class End(GuestPipe pipe, bool reader) : IGuestFile
    {
        public uint Mode => FileModes.Pipe;

        public long Read(Span<byte> destination) => reader ? pipe.Read(destination) : -LibC.EBADF;

        public long Write(ReadOnlySpan<byte> source) => reader ? -LibC.EBADF : pipe.Write(source);

        public void Close()
        {
            lock (pipe._lock)
            {
                pipe._readerClosed |= reader;
                pipe._writerClosed |= !reader;
            }
        }
    }
}
