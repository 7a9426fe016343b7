using PollScale.HostStub.Policy.Configuration;
using PollScale.Native;

namespace PollScale.HostStub.Doctor.Policies;

/// <summary>The socket of a vCPU's channel or of a guest's region: could it be made or reached? Nothing is connected to.</summary>
internal static class ChannelCheck
{
    /// <summary>Looks at a vCPU's channel.</summary>
    public static IEnumerable<PolicyFinding> Run(GuestPolicy guest, VcpuPolicy vcpu) => vcpu.Channel is ChannelPolicy channel
        ? Look($"guest {guest.Name}, vCPU {vcpu.Vcpu}: ", vcpu.At, channel)
        : [];

    /// <summary>Looks at a guest's region.</summary>
    public static IEnumerable<PolicyFinding> Run(GuestPolicy guest) => guest.Shmem is ShmemPolicy shmem
        ? Look($"guest {guest.Name}, shmem: ", shmem.At, new ChannelPolicy(ChannelMode.Listen, shmem.Path))
        : [];

    private static IEnumerable<PolicyFinding> Look(string who, FilePosition at, ChannelPolicy channel)
    {
        string folder = Path.GetDirectoryName(channel.Path)!;
        bool isThere = FilePermission.TryReadOwner(channel.Path, out ushort mode, out _, out _);
        if (isThere && (mode & LibC.S_IFMT) != LibC.S_IFSOCK)
        {
            yield return Of(FindingStatus.Problem, $"{channel.Path} is no socket: remove it, or name another path");
            yield break;
        }

        bool listens = channel.Mode == ChannelMode.Listen;
        int error = FilePermission.Check(isThere && !listens ? channel.Path : folder, writable: isThere || listens);
        if (!isThere && !listens)
        {
            yield return Of(FindingStatus.Warning, $"there is no {channel.Path} yet: start the VM with a chardev that has server=on");
        }
        else if (error != 0)
        {
            // Without root the check goes on for the user who has it.
            bool isMine = error is not (LibC.EACCES or LibC.EPERM) || LibC.geteuid() == 0;
            yield return Of(isMine ? FindingStatus.Problem : FindingStatus.Warning,
                $"{(listens ? $"no socket can be made in {folder}" : $"{channel.Path} may not be connected to")}: {LibC.strerror(error)}{(isMine ? "" : "; the user that serves must be allowed to")}");
        }
        else if (isThere && listens)
        {
            yield return Of(FindingStatus.Warning, $"there is a socket at {channel.Path}: if another daemon serves it, this one cannot; a left-over one is replaced");
        }

        PolicyFinding Of(FindingStatus status, string text) => new(status, new PolicyError(at, who + text, IsMachines: true));
    }
}
