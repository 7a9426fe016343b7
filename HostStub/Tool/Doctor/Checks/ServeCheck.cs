using PollScale.HostStub.Doctor.Files;
using PollScale.Native;

namespace PollScale.HostStub.Doctor.Checks;

/// <summary>Can DPDK's guest channel be served here?</summary>
internal sealed class ServeCheck(IHostFiles files, Func<int> socketError) : ICheck
{
    public const string Name = "serve";

    public IEnumerable<Finding> Run()
    {
        const string Needs = "QEMU itself needs /dev/kvm; serve needs neither that nor vhost, huge pages or a DPDK daemon.";
        if (socketError() is int error and not 0)
        {
            yield return new Finding(Name, FindingStatus.Problem, $"No unix socket can be made: {LibC.strerror(error)}.", Needs, "Allow AF_UNIX (RestrictAddressFamilies= of the unit, the container's seccomp profile).");
            yield break;
        }

        int pty = files.Check("/dev/ptmx", writable: true);
        yield return pty == 0
            ? new Finding(Name, FindingStatus.Ok, "Unix sockets and ptys can be made: hoststub serve can serve DPDK guests.", Needs)
            : new Finding(Name, FindingStatus.Warning, $"Unix sockets can be made, ptys not: /dev/ptmx: {LibC.strerror(pty)}.", $"Channels of kind pty are out. {Needs}", "Mount devpts, or use connect and listen.");
    }
}
