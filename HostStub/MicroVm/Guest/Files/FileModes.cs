namespace PollScale.HostStub.Guest.Files;

/// <summary>File types of st_mode, with the permissions a guest is shown.</summary>
internal static class FileModes
{
    public const uint Character = 0x2000 | 0x1B6;
    public const uint Memory = 0x2000 | 0x1A0;
    public const uint Terminal = 0x2000 | 0x190;
    public const uint Regular = 0x8000 | 0x1B6;
    public const uint Directory = TypeDirectory | 0x1ED;
    public const uint Pipe = 0x1000 | 0x180;

    /// <summary>eventfd and epoll: no type, as Linux shows anonymous inodes.</summary>
    public const uint Anonymous = 0x180;

    private const uint TypeMask = 0xF000, TypeDirectory = 0x4000, TypeRegular = 0x8000;

    public static bool IsDirectory(uint mode) => (mode & TypeMask) == TypeDirectory;

    public static bool IsRegular(uint mode) => (mode & TypeMask) == TypeRegular;
}
