using PollScale.HostStub.Kvm;
using PollScale.Native;

namespace PollScale.HostStub.Machine;

/// <summary>
/// A guest's RAM: one anonymous mapping of this process, GPA 0 first. Every access by GPA is bounds-checked, since GPAs come from
/// page tables and structures that a hostile guest influences.
/// </summary>
// SAFETY: every address is checked against the size before it is added to the base; the mapping lasts until disposal, when no vCPU runs.
internal sealed unsafe class GuestMemory : IDisposable
{
    private readonly byte* _base;
    private int _disposed;

    /// <param name="size">Bytes, a multiple of 2 MiB, 8 MiB .. 2 GiB.</param>
    public GuestMemory(ulong size)
    {
        if (size % GuestLayout.LargePageSize != 0 || size < 4 * GuestLayout.LargePageSize || size > 1UL << 31)
        {
            throw new ArgumentException($"Guest memory of {size} bytes: it must be a multiple of 2 MiB between 8 MiB and 2 GiB.", nameof(size));
        }

        // Aligned to 2 MiB, so that the host can back it with huge pages: a first touch costs microseconds a page under nested KVM.
        nuint reserve = (nuint)size + GuestLayout.LargePageSize;
        byte* mapping = (byte*)LibC.mmap(null, reserve, LibC.PROT_READ | LibC.PROT_WRITE,
            LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS | LibC.MAP_NORESERVE, -1, 0);
        if (mapping == LibC.MAP_FAILED)
        {
            throw KvmException.FromErrno($"Mapping {size >> 20} MiB of guest memory");
        }

        byte* aligned = (byte*)GuestLayout.AlignUp((ulong)mapping, GuestLayout.LargePageSize);
        if (aligned > mapping)
        {
            LibC.munmap(mapping, (nuint)(aligned - mapping));
        }

        byte* end = aligned + size;
        if (mapping + reserve > end)
        {
            LibC.munmap(end, (nuint)(mapping + reserve - end));
        }

        _base = aligned;
        Size = size;
        LibC.madvise(_base, (nuint)size, LibC.MADV_HUGEPAGE);
    }

    /// <summary>Bytes of RAM.</summary>
    public ulong Size { get; }

    /// <summary>Address in this process of GPA 0.</summary>
    public nint HostAddress => (nint)_base;

    /// <summary>True when the range lies in RAM.</summary>
    public bool Contains(ulong gpa, ulong length) => length <= Size && gpa <= Size - length;

    /// <summary>The bytes of a range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie in RAM.</exception>
    public Span<byte> Slice(ulong gpa, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (!Contains(gpa, (ulong)length))
        {
            throw new ArgumentOutOfRangeException(nameof(gpa), $"GPA 0x{gpa:x}+{length} lies outside the {Size >> 20} MiB of guest memory.");
        }

        return new Span<byte>(_base + gpa, length);
    }

    /// <summary>An aligned u64 of guest RAM.</summary>
    public ref ulong U64(ulong gpa) => ref System.Runtime.CompilerServices.Unsafe.As<byte, ulong>(ref Slice(gpa, sizeof(ulong))[0]);

    /// <summary>Address in this process of a GPA in RAM.</summary>
    public nint Pointer(ulong gpa, int length)
    {
        Slice(gpa, length);
        return (nint)(_base + gpa);
    }

    /// <summary>Drops every translation KVM holds of these frames, and zeroes them.</summary>
    public void Discard(ulong gpa, ulong length)
    {
        if (!Contains(gpa, length) || LibC.madvise(_base + gpa, (nuint)length, LibC.MADV_DONTNEED) != 0)
        {
            throw KvmException.FromErrno($"Discarding guest memory 0x{gpa:x}+0x{length:x}");
        }
    }

    /// <summary>
    /// Drops every translation KVM holds of these frames, and keeps their bytes. KVM does not see the VMM edit guest page
    /// tables; a change of the host's protection makes its MMU notifier flush. The change adds a right: were one taken away, even for a
    /// moment, KVM_RUN would fail with EFAULT for another thread of the guest that writes there. Only where the system forbids memory
    /// both writable and executable that risk is taken.
    /// </summary>
    public void FlushTranslations(ulong gpa, ulong length)
    {
        if (!Contains(gpa, length)
            || (LibC.mprotect(_base + gpa, (nuint)length, LibC.PROT_READ | LibC.PROT_WRITE | LibC.PROT_EXEC) != 0
                && LibC.mprotect(_base + gpa, (nuint)length, LibC.PROT_READ) != 0)
            || LibC.mprotect(_base + gpa, (nuint)length, LibC.PROT_READ | LibC.PROT_WRITE) != 0)
        {
            throw KvmException.FromErrno($"Flushing guest memory 0x{gpa:x}+0x{length:x}");
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            LibC.munmap(_base, (nuint)Size);
        }
    }
}
