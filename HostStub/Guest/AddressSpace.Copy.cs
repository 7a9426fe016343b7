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

    /// <summary>Address in this process of an aligned u32 of guest RAM or 0; for futexes, whose frames stay mapped for the VM's life.</summary>
    public nint FutexAddress(ulong address)
    {
        lock (_lock)
        {
            return address % 4 == 0 && GuestLayout.IsCanonicalUser(address)
                && Tables.TryWalk(address, out ulong frame, out PageFlags flags)
                && flags.HasFlag(PageFlags.User) && !flags.HasFlag(PageFlags.Device)
                ? _memory.Pointer(frame + (address % Page), sizeof(uint))
                : 0;
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

    private bool TryCopy(ulong address, Span<byte> destination, ReadOnlySpan<byte> source, PageFlags needed)
    {
        int length = destination.Length + source.Length;
        lock (_lock)
        {
            for (int done = 0; done < length;)
            {
                ulong at = unchecked(address + (ulong)done);
                if (!GuestLayout.IsCanonicalUser(at) || !Tables.TryWalk(at, out ulong frame, out PageFlags flags)
                    || !flags.HasFlag(PageFlags.User | needed) || flags.HasFlag(PageFlags.Device))
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
