using System.Text;
using PollScale.Native;

namespace PollScale.HostStub.Doctor.Files;

/// <summary>Files below a folder that stands for "/".</summary>
internal sealed class HostFiles(string root = "") : IHostFiles
{
    private const int LongestFile = 1 << 20; // /etc/passwd of a large site
    private const int PermissionBits = 0xFFF;

    /// <inheritdoc/>
    public string Root => root;

    /// <inheritdoc/>
    public FileText Read(string path)
    {
        try
        {
            return new FileText(FileState.Read, Encoding.UTF8.GetString(SafeFile.Read(root + path, LongestFile)).Trim());
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new FileText(FileState.Missing, $"{root + path} does not exist");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FileText(FileState.Unreadable, $"{root + path} cannot be read: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public FileOwner? Owner(string path) => FilePermission.TryReadOwner(root + path, out ushort mode, out uint uid, out uint gid)
        ? new FileOwner(Name("/etc/passwd", uid), Name("/etc/group", gid), mode & PermissionBits, (mode & LibC.S_IFMT) == LibC.S_IFCHR)
        : null;

    /// <inheritdoc/>
    public int Check(string path, bool writable) => FilePermission.Check(root + path, writable);

    // Lines of both files: name:password:number:...
    private string Name(string database, uint number)
    {
        string wanted = number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        string? line = Read(database).Text.Split('\n').FirstOrDefault(text => text.Split(':') is { Length: > 2 } fields && fields[2] == wanted);
        return line?.Split(':')[0] ?? wanted;
    }
}
