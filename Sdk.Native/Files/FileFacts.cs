using Tmds.Linux;

namespace PollScale.Native;

/// <summary>What an open descriptor is, as fstat(2) tells.</summary>
/// <param name="Mode">st_mode: kind and permission bits.</param>
/// <param name="Uid">Owner.</param>
/// <param name="Gid">Group.</param>
/// <param name="Links">Names it has.</param>
/// <param name="Size">Length in bytes.</param>
/// <param name="Inode">With <paramref name="Device"/>: which file.</param>
/// <param name="Device">Major and minor number of the file system's device.</param>
internal readonly record struct FileFacts(ushort Mode, uint Uid, uint Gid, uint Links, ulong Size, ulong Inode, ulong Device)
{
    private const int GroupWrite = 0x10;
    private const int OtherWrite = 0x2;
    private const int Sticky = 0x200;

    /// <summary>A regular file.</summary>
    public bool IsRegular => Kind == LibC.S_IFREG;

    /// <summary>A folder.</summary>
    public bool IsFolder => Kind == LibC.S_IFDIR;

    /// <summary>A socket.</summary>
    public bool IsSocket => Kind == LibC.S_IFSOCK;

    /// <summary>A symbolic link.</summary>
    public bool IsLink => Kind == LibC.S_IFLNK;

    /// <summary>A folder where all may make files but nobody may move another's, as /tmp.</summary>
    public bool IsSticky => IsFolder && (Mode & Sticky) != 0;

    /// <summary>Every user may write it.</summary>
    public bool IsWritableByAll => !IsLink && (Mode & OtherWrite) != 0;

    /// <summary>True when it belongs to root or to this user.</summary>
    public bool IsOurs => Uid == 0 || Uid == LibC.geteuid();

    /// <summary>What kind of file it is, in words.</summary>
    public string KindText => Kind switch
    {
        LibC.S_IFREG => "a regular file",
        LibC.S_IFDIR => "a folder",
        LibC.S_IFLNK => "a symbolic link",
        LibC.S_IFIFO => "a FIFO",
        LibC.S_IFSOCK => "a socket",
        LibC.S_IFCHR or LibC.S_IFBLK => "a device",
        _ => "no regular file",
    };

    private int Kind => Mode & LibC.S_IFMT;

    /// <summary>A group that may write it and that this user, not being root, is in; null where there is none.</summary>
    internal uint? OwnGroup => !IsLink && (Mode & GroupWrite) != 0 && Gid != 0 && IsIn(Gid) ? Gid : null;

    /// <summary>Who but root, this user and its groups may write it, and the remedy's first words; null for nobody.</summary>
    internal (string Who, string Remedy)? OtherWriter =>
        !IsOurs ? ($"it belongs to user {Uid}", "chown it to root")
        : IsWritableByAll ? ("every user may write it", "chmod o-w")
        : !IsLink && (Mode & GroupWrite) != 0 && Gid != 0 && !IsIn(Gid) ? ($"group {Gid} may write it", "chmod g-w")
        : null;

    /// <summary>Reads them.</summary>
    /// <returns>False when the descriptor is not open.</returns>
    public static bool TryRead(int fd, out FileFacts facts) => TryRead(fd, "", LibC.AT_EMPTY_PATH, out facts);

    /// <summary>What a path names; a symbolic link is not followed. Takes no descriptor, so that it answers when none is left.</summary>
    /// <returns>Null for nothing, or what cannot be looked at.</returns>
    public static FileFacts? At(string path) => TryRead(LibC.AT_FDCWD, path, LibC.AT_SYMLINK_NOFOLLOW, out FileFacts facts) ? facts : null;

    private static unsafe bool TryRead(int folder, string path, int flags, out FileFacts facts)
    {
        statx head = default;
        bool known = LibC.statx(folder, path, flags, LibC.STATX_BASIC_STATS, &head) == 0; // SAFETY: the kernel fills the 256 bytes that statx has
        facts = new FileFacts(head.stx_mode, head.stx_uid, head.stx_gid, head.stx_nlink, head.stx_size, head.stx_ino, ((ulong)head.stx_dev_major << 32) | head.stx_dev_minor);
        return known;
    }

    // Root trusts no group but its own: whoever is in another may be anybody.
    private static unsafe bool IsIn(uint gid)
    {
        if (LibC.geteuid() == 0)
        {
            return false;
        }

        const int Most = 1024;
        uint* groups = stackalloc uint[Most]; // SAFETY: getgroups writes at most the number of entries it is told
        int count = LibC.getgroups(Most, groups);
        return gid == LibC.getegid() || (count > 0 && new ReadOnlySpan<uint>(groups, count).Contains(gid));
    }
}
