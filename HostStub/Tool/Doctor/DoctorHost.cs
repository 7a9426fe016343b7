using PollScale.Clock;
using PollScale.Cpufreq;
using PollScale.HostStub.Channels.Answered;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Channels.Module;
using PollScale.HostStub.Doctor.Files;
using PollScale.HostStub.Placement;
using PollScale.Native;
using PollScale.Transports;

namespace PollScale.HostStub.Doctor;

/// <summary>Everything that doctor looks at, or what stands for it in a test.</summary>
internal sealed record DoctorHost
{
    /// <summary>Files of the machine.</summary>
    public required IHostFiles Files { get; init; }

    /// <summary>CPUs this process may use, rising.</summary>
    public required IReadOnlyList<int> AllowedCpus { get; init; }

    /// <summary>What /dev/kvm answers.</summary>
    public required KvmFacts Kvm { get; init; }

    /// <summary>CPUID promises an invariant TSC.</summary>
    public required bool IsTscInvariant { get; init; }

    /// <summary>CPUID shows a hypervisor.</summary>
    public required bool IsVirtual { get; init; }

    /// <summary>CPUID shows TPAUSE and UMWAIT.</summary>
    public required bool HasWaitPackage { get; init; }

    /// <summary>Tries to make a unix socket; 0, or the error number.</summary>
    public required Func<int> SocketError { get; init; }

    /// <summary>Why hypercalls of VMs cannot be observed, with what to do; null where they can.</summary>
    public required Func<string?> UnobservedHypercalls { get; init; }

    /// <summary>Whether threads that serve may come before others.</summary>
    public required Func<bool> ServesFirst { get; init; }

    /// <summary>Why no BPF program can answer hypercalls of VMs, with what to do; null where one can.</summary>
    public required Func<string?> NoAnsweringProgram { get; init; }

    /// <summary>Why the kernel module cannot answer hypercalls of VMs, with what to do; null where it can.</summary>
    public required Func<string?> NoModule { get; init; }

    /// <summary>Asks which transports are usable.</summary>
    public required Func<TransportSurveyOptions, IReadOnlyList<TransportReport>> Survey { get; init; }

    /// <summary>Folder that holds "cpufreq".</summary>
    public string CpufreqRoot => Files.Root + CpufreqTree.DefaultRoot;

    /// <summary>This machine.</summary>
    public static DoctorHost Here() => new()
    {
        Files = new HostFiles(),
        AllowedCpus = ThreadPlacement.AllowedCpus(),
        Kvm = KvmFacts.Ask(),
        IsTscInvariant = TscClock.IsInvariant,
        IsVirtual = (Cpuid.Read(1, 0).Ecx >> 31) != 0,
        HasWaitPackage = WaitPackage.IsHere,
        SocketError = TrySocket,
        UnobservedHypercalls = HypercallTracepoint.WhyNot,
        ServesFirst = () => ThreadPlacement.IsPermitted(SchedulingClass.Nice),
        NoAnsweringProgram = HypercallAnswers.WhyNot,
        NoModule = ModuleDevice.WhyNot,
        Survey = FrequencyTransport.Survey,
    };

    private static int TrySocket()
    {
        int fd = LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0);
        if (fd < 0)
        {
            return LibC.errno;
        }

        _ = LibC.close(fd);
        return 0;
    }
}
