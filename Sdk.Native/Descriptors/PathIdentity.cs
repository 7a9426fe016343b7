namespace PollScale.Native;

/// <summary>Which file a path leads to, so that another one under the same name is told from it.</summary>
/// <param name="Device">The file system.</param>
/// <param name="Inode">The file on it.</param>
public readonly unsafe record struct PathIdentity(ulong Device, ulong Inode)
{
    private const int AT_SYMLINK_NOFOLLOW = 0x100;

    /// <summary>The file at a path, a symbolic link itself; null where there is none or it may not be looked at.</summary>
    public static PathIdentity? Of(string path)
    {
        statx_head facts;
        return LibC.statx(LibC.AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, LibC.STATX_BASIC_STATS, &facts) == 0
            ? new PathIdentity(((ulong)facts.stx_dev_major << 32) | facts.stx_dev_minor, facts.stx_ino)
            : null;
    }
}
