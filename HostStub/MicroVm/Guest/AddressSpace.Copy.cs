using System.Runtime.InteropServices;
using PollScale.HostStub.Machine;

namespace PollScale.HostStub.Guest;

/// <content>
/// Reads and writes at guest virtual addresses on the guest's behalf. A copy holds the lock, so that a concurrent munmap cannot give
/// its frames to somebody else half-way.
/// </content>
internal sealed partial class AddressSpace
{
    /// <summary>copy_from_user.</summary>
    /// <returns>False when some byte is not readable by the guest.</returns>
    public bool TryRead(ulong address, Span<byte> destination) => TryCopy(address, destination, default, PageFlags.None);

    /// <summary>copy_to_user.</summary>
    /// <returns>False when some byte is not writable by the guest; bytes before it may have been written.</returns>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> source) => TryCopy(address, default, source, PageFlags.Writable);

    /// <summary>Reads a structure.</summary>
    public bool TryRead<T>(ulong address, out T value) where T : unmanaged
    {
        value = default;
        return TryRead(address, MemoryMarshal.AsBytes(new Span<T>(ref value)));
    }

    /// <summary>Writes a structure.</summary>
    public bool TryWrite<T>(ulong address, in T value) where T : unmanaged =>
        TryWrite(address, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>Reads a zero-terminated UTF-8 string.</summary>
    /// <param name="address">Its first byte.</param>
    /// <param name="maxLength">Bytes it may have.</param>
    /// <param name="text">The string.</param>
    /// <returns>False when it is not readable, or longer.</returns>
    public bool TryReadString(ulong address, int maxLength, out string text)
    {
        List<byte> bytes = [];
        while (bytes.Count <= maxLength && TryRead(address + (ulong)bytes.Count, out byte value))
        {
            if (value == 0)
            {
                text = System.Text.Encoding.UTF8.GetString([.. bytes]);
                return true;
            }

            bytes.Add(value);
        }

        text = "";
        return false;
    }

    /// <summary>Reads up to a zero or so many bytes.</summary>
    /// <returns>False when a byte before either is not readable.</returns>
    public bool TryReadPrefix(ulong address, int maxLength, out byte[] bytes)
    {
        bytes = new byte[maxLength];
        for (int i = 0; i < maxLength; i++)
        {
            if (!TryRead(address + (ulong)i, out bytes[i]))
            {
                return false;
            }

            if (bytes[i] == 0)
            {
                break;
            }
        }

        return true;
    }

    /// <summary>True when the host may write so many bytes on the guest's behalf.</summary>
    public bool AllowsWrite(ulong address, int length)
    {
        lock (_lock)
        {
            ulong end = unchecked(address + (ulong)length);
            for (ulong at = GuestLayout.AlignDown(address); at < end; at += Page)
            {
                if (!TryPage(at, PageFlags.Writable, out _))
                {
                    return false;
                }
            }

            return end >= address;
        }
    }

    /// <summary>Changes an aligned u32 in one step, as the guest's own locked instructions do.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="change">Gives the new value for the old; may be asked several times.</param>
    /// <param name="old">The value before.</param>
    /// <returns>False when it is not writable by the guest, or not aligned.</returns>
    public bool TryUpdate(ulong address, Func<uint, uint> change, out uint old)
    {
        old = 0;
        lock (_lock)
        {
            if (address % sizeof(uint) != 0 || !TryPage(address, PageFlags.Writable, out ulong frame))
            {
                return false;
            }

            ref uint word = ref MemoryMarshal.AsRef<uint>(_memory.Slice(frame + (address % Page), sizeof(uint)));
            uint found;
            do
            {
                old = Volatile.Read(ref word);
                found = Interlocked.CompareExchange(ref word, change(old), old);
            }
            while (found != old);
            return true;
        }
    }

    /// <summary>True when the page tables permit an access at CPL 3.</summary>
    public bool Allows(ulong address, bool write, bool fetch)
    {
        lock (_lock)
        {
            return GuestLayout.IsCanonicalUser(address) && Tables.TryWalk(address, out _, out PageFlags flags)
                && flags.HasFlag(PageFlags.User)
                && (!write || flags.HasFlag(PageFlags.Writable))
                && (!fetch || !flags.HasFlag(PageFlags.NoExecute));
        }
    }

    // The one place that decides whether the host may touch a guest's page on the guest's behalf; the caller holds the lock.
    private bool TryPage(ulong address, PageFlags needed, out ulong frame)
    {
        frame = 0;
        return GuestLayout.IsCanonicalUser(address) && Tables.TryWalk(address, out frame, out PageFlags flags)
            && flags.HasFlag(PageFlags.User | needed) && !flags.HasFlag(PageFlags.Device);
    }

    private bool TryCopy(ulong address, Span<byte> destination, ReadOnlySpan<byte> source, PageFlags needed)
    {
        int length = destination.Length + source.Length;
        lock (_lock)
        {
            for (int done = 0; done < length;)
            {
                ulong at = unchecked(address + (ulong)done);
                if (!TryPage(at, needed, out ulong frame))
                {
                    return false;
                }

                int offset = (int)(at % Page);
                int count = Math.Min(length - done, (int)Page - offset);
                Span<byte> page = _memory.Slice(frame + (ulong)offset, count);
                if (source.IsEmpty)
                {
                    page.CopyTo(destination.Slice(done, count));
                }
                else
                {
                    source.Slice(done, count).CopyTo(page);
                }

                done += count;
            }
        }

        return true;
    }
}
