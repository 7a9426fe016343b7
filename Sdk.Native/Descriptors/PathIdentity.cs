namespace PollScale.Native;

/// <summary>Which file a path leads to, so that another one under the same name is told from it.</summary>
/// <param name="Device">The file system.</param>
/// <param name="Inode">The file on it.</param>
internal readonly record struct PathIdentity(ulong Device, ulong Inode)
{
    /// <summary>The file at a path, a symbolic link itself; null where there is none or it may not be looked at.</summary>
    public static PathIdentity? Of(string path) => FileFacts.At(path) is FileFacts facts ? new PathIdentity(facts.Device, facts.Inode) : null;
}
