using PollScale.HostStub.Policy.Configuration;
using PollScale.Native;

namespace PollScale.HostStub.PolicyFile;

/// <summary>Channels that are one socket under two paths: a folder reached through a symbolic link or a second mount, a link to the socket itself.</summary>
internal static class SameSockets
{
    /// <summary>Checks a policy's channels against this machine's folders.</summary>
    /// <exception cref="PolicyException">Two channels are one socket.</exception>
    public static void Refuse(HostPolicy policy)
    {
        if (Of(policy) is { Count: > 0 } errors)
        {
            throw new PolicyException(policy.Origin, errors);
        }
    }

    /// <summary>The second channel of each such pair; a folder that is not there yet is no error.</summary>
    public static IReadOnlyList<PolicyError> Of(HostPolicy policy)
    {
        List<PolicyError> errors = [];
        Dictionary<(ulong, ulong, string), VcpuPolicy> seen = [];
        foreach (VcpuPolicy vcpu in policy.Guests.SelectMany(guest => guest.Vcpus).Where(vcpu => vcpu.Channel is not null))
        {
            string path = vcpu.Channel!.Path;
            foreach ((ulong, ulong, string) identity in Identities(path))
            {
                if (!seen.TryAdd(identity, vcpu) && seen[identity] is VcpuPolicy first && first != vcpu)
                {
                    errors.Add(new PolicyError(vcpu.At, $"the channel {PolicyNode.Shown(path)} is the same socket as {PolicyNode.Shown(first.Channel!.Path)} on line {first.At.Line}: each vCPU has a channel of its own"));
                    break;
                }
            }
        }

        return errors;
    }

    private static IEnumerable<(ulong, ulong, string)> Identities(string path)
    {
        if (Look(Path.GetDirectoryName(path)!) is FileFacts folder)
        {
            yield return (folder.Device, folder.Inode, Path.GetFileName(path));
        }

        if (Look(path) is FileFacts socket)
        {
            yield return (socket.Device, socket.Inode, "/");
        }
    }

    private static FileFacts? Look(string path)
    {
        int fd = LibC.open(path, LibC.O_PATH | LibC.O_CLOEXEC); // opens nothing: it is only looked up
        if (fd < 0)
        {
            return null;
        }

        bool known = FileFacts.TryRead(fd, out FileFacts facts);
        _ = LibC.close(fd);
        return known ? facts : null;
    }
}
