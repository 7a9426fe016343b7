using PollScale.HostStub.Guest.Syscalls;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Files;

/// <summary>eventfd(2).</summary>
/// <param name="bell">Rings at each change.</param>
/// <param name="count">Its first count.</param>
/// <param name="semaphore">A read takes one.</param>
internal sealed class EventFile(WaitBell bell, ulong count, bool semaphore) : IGuestFile
{
    private const ulong Most = ulong.MaxValue - 1;
    private readonly Lock _lock = new();
    private ulong _count = count;
    private uint _changes;

    public uint Mode => FileModes.Anonymous;

    public bool CanBeWaitedFor => true;

    public uint Changes => Volatile.Read(ref _changes);

    public uint Ready
    {
        get
        {
            lock (_lock)
            {
                return (_count > 0 ? PollEvents.In : 0) | (_count < Most ? PollEvents.Out : 0);
            }
        }
    }

    public long Read(Span<byte> destination)
    {
        if (destination.Length < sizeof(ulong))
        {
            return -LibC.EINVAL;
        }

        lock (_lock)
        {
            if (_count == 0)
            {
                return SyscallResult.Blocked;
            }

            ulong taken = semaphore ? 1 : _count;
            BitConverter.TryWriteBytes(destination, taken);
            _count -= taken;
            _changes++;
        }

        bell.Ring();
        return sizeof(ulong);
    }

    public long Write(ReadOnlySpan<byte> source)
    {
        if (source.Length < sizeof(ulong) || BitConverter.ToUInt64(source) is var added && added == ulong.MaxValue)
        {
            return -LibC.EINVAL;
        }

        lock (_lock)
        {
            if (added > Most - _count)
            {
                return SyscallResult.Blocked;
            }

            _count += added;
            _changes++;
        }

        bell.Ring();
        return sizeof(ulong);
    }
}
