namespace PollScale.Native;

/// <summary>The process behind a connection, as it was when it connected.</summary>
/// <param name="Process">Its id in this namespace; 0 where it has none here.</param>
/// <param name="User">Its effective user.</param>
/// <param name="Group">Its effective group.</param>
/// <param name="Groups">Its supplementary groups.</param>
internal sealed record SocketPeer(int Process, uint User, uint Group, IReadOnlyList<uint> Groups)
{
    /// <summary>Whether it is in a group.</summary>
    public bool IsIn(uint group) => Group == group || Groups.Contains(group);
}
