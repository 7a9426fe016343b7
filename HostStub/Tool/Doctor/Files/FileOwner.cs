namespace PollScale.HostStub.Doctor.Files;

/// <summary>Owner and mode of a file.</summary>
/// <param name="User">Name of the user, or its number.</param>
/// <param name="Group">Name of the group, or its number.</param>
/// <param name="Mode">Permission bits, 0 to 07777 octal.</param>
/// <param name="IsDevice">It is a character device.</param>
internal sealed record FileOwner(string User, string Group, int Mode, bool IsDevice)
{
    /// <summary>As in "root:kvm, mode 0660".</summary>
    public override string ToString() => $"{User}:{Group}, mode {Convert.ToString(Mode, 8).PadLeft(4, '0')}";
}
