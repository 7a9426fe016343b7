namespace PollScale.Native;

/// <summary>Error numbers of opening as the exceptions that .NET throws for them.</summary>
internal static class FileErrors
{
    public static Exception CannotOpen(string path, int error) => Make($"{path} cannot be opened", path, error);

    public static Exception CannotMake(string path, int error) => Make($"{path} cannot be made", path, error);

    public static Exception CannotWrite(string path, int error) => Make($"{path} cannot be written", path, error);

    private static Exception Make(string what, string path, int error)
    {
        string text = $"{what}: {LibC.strerror(error)}.";
        return error switch
        {
            LibC.ENOENT => new FileNotFoundException(text, path),
            LibC.EACCES or LibC.EPERM or LibC.EROFS => new UnauthorizedAccessException(text),
            LibC.ELOOP => new UnsafeFileException($"{path} is a symbolic link, which is not followed here. Name the file itself."),
            LibC.ENXIO => new UnsafeFileException($"{path} is a FIFO, a socket or a device without another end, not a regular file."),
            LibC.EAGAIN => new UnsafeFileException($"{path} is kept from being opened by a lease (fcntl F_SETLEASE) of another process. End that process."),
            _ => new IOException(text),
        };
    }
}
