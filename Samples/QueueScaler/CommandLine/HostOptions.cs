using PollScale.Native;
using PollScale.Programs;

namespace PollScale.Samples.QueueScaler.CommandLine;

/// <summary>Which host is called, and how.</summary>
internal sealed record HostOptions
{
    /// <summary>What they are, a line or some for each but --cpu, whose use is the program's.</summary>
    public const string Help =
        """
          --doorbell D        auto | hypercall | port | mmio | region |
                              region-hypercall | guest-channel | cpufreq |
                              loopback | shadow; region (its doorbell rung, or
                              the instruction where the host observes it) and
                              guest channel are those of --cpu; cpufreq: on
                              bare metal, sets this CPU's real clock; shadow:
                              asks nobody, says at the end what would have been
                              saved, delayed and lost                       [auto]
          --call-fd N         call a host on the same kernel through this socket
          --status-fd N       and read its status page from this file
          --reply-ms N        longest wait for a reply over region or guest
                              channel, in ms                                        [10]
        """;

    /// <summary>Way to the host.</summary>
    public TransportChoice Doorbell { get; init; }

    /// <summary>Socket to a host on the same kernel, or -1.</summary>
    public int CallFd { get; init; } = -1;

    /// <summary>Status page of a host on the same kernel, or -1.</summary>
    public int StatusFd { get; init; } = -1;

    /// <summary>CPU of the lcore, or -1 for where it runs.</summary>
    public int Cpu { get; init; } = -1;

    /// <summary>Longest wait for a reply over the region or the guest channel, in ms.</summary>
    public int ReplyMs { get; init; } = 10;

    /// <summary>These with one option read.</summary>
    /// <exception cref="UsageException">It is no option of these, or its value is wrong.</exception>
    public HostOptions With(string name, string value) => name switch
    {
        "--doorbell" => this with { Doorbell = ReadDoorbell(value) },
        "--call-fd" => this with { CallFd = OptionValue.Integer(name, value, 0, int.MaxValue) },
        "--status-fd" => this with { StatusFd = OptionValue.Integer(name, value, 0, int.MaxValue) },
        "--cpu" => this with { Cpu = OptionValue.Integer(name, value, 0, cpu_set_t.CPU_SETSIZE - 1) },
        "--reply-ms" => this with { ReplyMs = OptionValue.Time(name, value, OptionValue.Millisecond, 1, 10_000) },
        _ => throw new UsageException($"'{name}' is no option."),
    };

    /// <summary>Checks that they go together.</summary>
    /// <exception cref="UsageException">They do not.</exception>
    public void Check()
    {
        if (CallFd < 0 != StatusFd < 0)
        {
            throw new UsageException("--call-fd and --status-fd belong together: the host hands over both.");
        }

        if (CallFd >= 0 && Doorbell != TransportChoice.Auto)
        {
            throw new UsageException("--call-fd calls the host through a socket: leave --doorbell out.");
        }
    }

    private static TransportChoice ReadDoorbell(string value) => value switch
    {
        "auto" => TransportChoice.Auto,
        "hypercall" => TransportChoice.Hypercall,
        "port" => TransportChoice.Port,
        "mmio" => TransportChoice.Mmio,
        "region" => TransportChoice.Region,
        "region-hypercall" => TransportChoice.RegionHypercall,
        "cpufreq" => TransportChoice.Cpufreq,
        "guest-channel" => TransportChoice.GuestChannel,
        "loopback" => TransportChoice.Loopback,
        "shadow" => TransportChoice.Shadow,
        _ => throw new UsageException($"--doorbell takes auto, hypercall, port, mmio, region, region-hypercall, guest-channel, cpufreq, loopback or shadow, not '{value}'."),
    };
}
