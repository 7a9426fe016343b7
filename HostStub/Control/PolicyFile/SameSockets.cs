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
        Dictionary<(ulong, ulong, string), (string Path, FilePosition At)> seen = [];
        foreach ((string Path, FilePosition At) socket in policy.Guests.SelectMany(Sockets))
        {
            foreach ((ulong, ulong, string) identity in Identities(socket.Path))
            {
                if (!seen.TryAdd(identity, socket) && seen[identity] is (string path, FilePosition at) && (path, at) != socket)
                {
                    errors.Add(new PolicyError(socket.At, $"the channel {PolicyNode.Shown(socket.Path)} is the same socket as {PolicyNode.Shown(path)} on line {at.Line}: each vCPU has a channel of its own"));
                    break;
                }
            }
        }

        return errors;
    }

    private static IEnumerable<(string Path, FilePosition At)> Sockets(GuestPolicy guest)
    {
        foreach (VcpuPolicy vcpu in guest.Vcpus.Where(vcpu => vcpu.Channel is not null))
        {
            yield return (vcpu.Channel!.Path, vcpu.At);
        }

        if (guest.Shmem is ShmemPolicy shmem)
        {
            yield return (shmem.Path, shmem.At);
        }
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
