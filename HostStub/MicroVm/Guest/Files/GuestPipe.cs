using PollScale.HostStub.Guest.Syscalls;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Files;

/// <summary>A pipe within the guest: 64 KiB, as in Linux.</summary>
internal sealed class GuestPipe
{
    private const int Capacity = 65536, Atomic = 4096;
    private readonly Lock _lock = new();
    private readonly Queue<byte> _bytes = new();
    private readonly WaitBell _bell;
    private bool _readerClosed;
    private bool _writerClosed;
    private uint _changes;

    /// <param name="bell">Rings at each change.</param>
    public GuestPipe(WaitBell bell)
    {
        _bell = bell;
        ReadEnd = new End(this, reader: true);
        WriteEnd = new End(this, reader: false);
    }

    public IGuestFile ReadEnd { get; }

    public IGuestFile WriteEnd { get; }

    private void Changed()
    {
        Interlocked.Increment(ref _changes);
        _bell.Ring();
    }

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

            Changed();
            return count;
        }
    }

    private long Write(ReadOnlySpan<byte> source)
    {
        lock (_lock)
        {
            if (_readerClosed)
            {
                return -LinuxErrno.EPIPE;
            }

            // As long a write as this goes whole or not at all.
            if (source.Length <= Atomic && source.Length > Capacity - _bytes.Count)
            {
                return SyscallResult.Blocked;
            }

            int count = Math.Min(source.Length, Capacity - _bytes.Count);
            foreach (byte value in source[..count])
            {
                _bytes.Enqueue(value);
            }

            if (count > 0)
            {
                Changed();
            }

            return count > 0 || source.IsEmpty ? count : SyscallResult.Blocked;
        }
    }

    private uint ReadyToRead => (_bytes.Count > 0 ? PollEvents.Readable : 0) | (_writerClosed ? PollEvents.HangUp : 0);

    private uint ReadyToWrite => (_bytes.Count < Capacity ? PollEvents.Writable : 0) | (_readerClosed ? PollEvents.Error : 0);

    private sealed class End(GuestPipe pipe, bool reader) : IGuestFile
    {
        public uint Mode => FileModes.Pipe;

        public bool CanBeWaitedFor => true;

        public uint Changes => Volatile.Read(ref pipe._changes);

        public uint Ready
        {
            get
            {
                lock (pipe._lock)
                {
                    return reader ? pipe.ReadyToRead : pipe.ReadyToWrite;
                }
            }
        }

        public long Readable
        {
            get
            {
                lock (pipe._lock)
                {
                    return pipe._bytes.Count;
                }
            }
        }

        public long Read(Span<byte> destination) => reader ? pipe.Read(destination) : -LibC.EBADF;

        public long Write(ReadOnlySpan<byte> source) => reader ? -LibC.EBADF : pipe.Write(source);

        public void Close()
        {
            lock (pipe._lock)
            {
                pipe._readerClosed |= reader;
                pipe._writerClosed |= !reader;
                pipe.Changed();
            }
        }
    }
}
