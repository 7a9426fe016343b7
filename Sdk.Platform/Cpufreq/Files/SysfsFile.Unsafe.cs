using PollScale.Native;

namespace PollScale.Cpufreq;

/// <summary>A sysfs attribute: each value is one pwrite(2) or pread(2) at offset 0, as sysfs wants it (kernel: filesystems/sysfs.rst).</summary>
// SAFETY: buffers are pinned for the call and given with their length.
internal sealed unsafe class SysfsFile(string path, int fd) : ICpufreqFile
{
    private int _fd = fd;

    public string Path => path;

    public int Write(ReadOnlySpan<byte> value)
    {
        nint done;
        fixed (byte* data = value)
        {
            do
            {
                done = LibC.pwrite(_fd, data, (nuint)value.Length, 0);
            }
            while (done < 0 && LibC.errno == LibC.EINTR);
        }

        return done < 0 ? LibC.errno : done == value.Length ? 0 : LibC.EIO;
    }

    public int Read(Span<byte> buffer, out int length)
    {
        nint done;
        fixed (byte* data = buffer)
        {
            do
            {
                done = LibC.pread(_fd, data, (nuint)buffer.Length, 0);
            }
            while (done < 0 && LibC.errno == LibC.EINTR);
        }

        length = (int)Math.Max(0, done);
        return done < 0 ? LibC.errno : 0;
    }

    public bool TryHold(out int holder)
    {
        bool held = FileHold.TryTake(_fd);
        holder = held ? 0 : FileHold.FindHolder(_fd);
        return held;
    }

    public void LetGo() => FileHold.Release(_fd);

    public void Dispose()
    {
        if (_fd >= 0)
        {
            _ = LibC.close(_fd);
            _fd = -1;
        }
    }
}
