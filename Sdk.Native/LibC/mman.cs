#pragma warning disable CS1591 // The man pages document these; names are libc's.

namespace PollScale.Native;

internal static unsafe partial class LibC
{
    public const int PROT_NONE = 0;
    public const int PROT_READ = 1;
    public const int PROT_WRITE = 2;
    public const int PROT_EXEC = 4;
    public const int MAP_SHARED = 0x01;
    public const int MAP_PRIVATE = 0x02;
    public const int MAP_FIXED = 0x10;
    public const int MAP_ANONYMOUS = 0x20;
    public const int MAP_NORESERVE = 0x4000;
    public const int MAP_POPULATE = 0x8000;
    public const int MAP_FIXED_NOREPLACE = 0x100000;
    public const int MADV_DONTNEED = 4;
    public const int MADV_HUGEPAGE = 14;
    public const int MADV_POPULATE_READ = 22;
    public const int MADV_POPULATE_WRITE = 23;
    public const uint MFD_CLOEXEC = 1;
    public const uint MFD_ALLOW_SEALING = 2;
    public const uint MFD_HUGETLB = 4;

    public static void* MAP_FAILED => (void*)-1;

    public static void* mmap(void* addr, nuint length, int prot, int flags, int fd, long offset) => TmdsLibC.mmap(addr, Size(length), prot, flags, fd, offset);

    public static int munmap(void* addr, nuint length) => TmdsLibC.munmap(addr, Size(length));

    public static int mprotect(void* addr, nuint length, int prot) => TmdsLibC.mprotect(addr, Size(length), prot);

    public static int madvise(void* addr, nuint length, int advice) => TmdsLibC.madvise(addr, Size(length), advice);

    public static int memfd_create(string name, uint flags)
    {
        using CString shown = new(name, stackalloc byte[CString.Room]);
        return TmdsLibC.memfd_create(shown.Pointer, flags);
    }
}
