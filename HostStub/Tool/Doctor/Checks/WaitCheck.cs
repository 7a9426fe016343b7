using System.Globalization;
using PollScale.HostStub.Doctor.Files;

namespace PollScale.HostStub.Doctor.Checks;

/// <summary>What becomes of a poll loop that waits: where it halts, how soon it wakes up, and which ways to wait the CPU has.</summary>
/// <remarks>docs/operating.md#how-a-loop-waits says what it means.</remarks>
internal sealed class WaitCheck(IHostFiles files, bool isVirtual, bool hasWaitPackage) : ICheck
{
    public const string Halt = "halt", HaltPoll = "halt-poll", WaitPkg = "waitpkg", RealTime = "rt-throttling";

    private const string GuestPoll = "/sys/module/haltpoll/parameters/guest_halt_poll_ns", HostPoll = "/sys/module/kvm/parameters/halt_poll_ns",
        Umwait = "/sys/devices/system/cpu/umwait_control/", Runtime = "/proc/sys/kernel/sched_rt_runtime_us", Period = "/proc/sys/kernel/sched_rt_period_us";

    private const double NsPerUs = 1000;

    public IEnumerable<Finding> Run() => [Halts(), Polls(), Instructions(), Throttling()];

    // What this kernel does with a CPU that has nothing to run.
    private Finding Halts()
    {
        FileText driver = files.Read("/sys/devices/system/cpu/cpuidle/current_driver");
        if (!driver.IsRead)
        {
            return new Finding(Halt, FindingStatus.NotHere, $"{driver.Text}.", "How a CPU that sleeps rests here is not known.", driver.State == FileState.Missing ? "" : "Run as root.");
        }

        if (!isVirtual)
        {
            return new Finding(Halt, FindingStatus.Ok, $"A CPU that sleeps rests as {driver.Text} has it.", "A deep idle state saves more and wakes up later: the governor learns how much, and waits less.");
        }

        const string Exits = "Each sleep is an exit to the host, and so are its timer and its wake-up: that makes waits end late, and the governor learns how much.";
        bool polls = driver.Text == "haltpoll";
        return polls && Number(GuestPoll) is not 0
            ? new Finding(Halt, FindingStatus.Warning, $"This VM's kernel polls{(Number(GuestPoll) is { } ns ? Say($" for up to {ns / NsPerUs} us") : "")} before it halts (haltpoll).", "Sleeps that short wake up at once, and leave the CPU to nobody.",
                $"echo 0 > {GuestPoll}, where the CPU is to be free; leave it where delay counts more.")
            : new Finding(Halt, FindingStatus.Ok, $"This VM halts where nothing runs (idle driver {driver.Text}), and the host's CPU is free.",
                driver.Text is "none" || polls ? $"{Exits} Where the vCPU has a CPU of its own, QEMU's -overcommit cpu-pm=on lets it halt without." : "The host shows idle states, as QEMU does with -overcommit cpu-pm=on: the vCPU rests without an exit, and keeps its CPU.");
    }

    // What this machine's KVM does when a vCPU halts.
    private Finding Polls()
    {
        const string Why = "A vCPU that sleeps for less wakes up at once, and its CPU is free for nobody.";
        return Number(HostPoll) is not { } ns
            ? new Finding(HaltPoll, FindingStatus.NotHere, $"{HostPoll} cannot be read: this is no host of VMs, or does not show it.", "What the host's says is not seen in a VM.")
            : ns == 0
            ? new Finding(HaltPoll, FindingStatus.Ok, "KVM gives the CPU of a vCPU that halts away at once (halt_poll_ns 0).", "It wakes up a little later for that.")
            : new Finding(HaltPoll, FindingStatus.Warning, Say($"KVM polls for up to {ns / NsPerUs} us when a vCPU halts (halt_poll_ns), longer and shorter as it proves useful."), Why, $"echo 0 > {HostPoll}, where guests wait to save power; leave it where delay counts more.");
    }

    private Finding Instructions()
    {
        if (!hasWaitPackage)
        {
            return new Finding(WaitPkg, FindingStatus.NotHere, "This CPU shows no TPAUSE and UMWAIT (WAITPKG).", "Loops cannot wait by tpause here: by sleep, event or pause.", isVirtual ? "Where the host's CPU has them: QEMU's -cpu host -overcommit cpu-pm=on." : "");
        }

        string limit = Number(Umwait + "max_time") is not { } ticks ? "" : ticks == 0 ? " One instruction may last as long as it likes." : Say($" One instruction lasts {ticks} ticks of the TSC at most (umwait_control/max_time); a longer wait is several.");
        string depth = Number(Umwait + "enable_c02") switch
        {
            0 => " C0.2 is forbidden (umwait_control/enable_c02): they rest in C0.1.",
            not null => " They rest in C0.2.",
            null => "",
        };
        return new Finding(WaitPkg, FindingStatus.Ok, $"Loops can wait by TPAUSE and UMWAIT (tpause).{limit}{depth}", "The CPU rests, and stays the loop's: it wakes up without the kernel.");
    }

    // A real-time thread that never waits starves what else would run on its CPU, or is stopped for it.
    private Finding Throttling()
    {
        const string Remedy = "A loop that waits (max-wait) lets others run between; or leave the loop at SCHED_OTHER on an isolated CPU.";
        return Number(Runtime) is not { } runtime
            ? new Finding(RealTime, FindingStatus.NotHere, $"{Runtime} cannot be read.", "What becomes of real-time threads that never wait is not known.")
            : runtime < 0
            ? new Finding(RealTime, FindingStatus.Warning, "Real-time threads may take a whole CPU (sched_rt_runtime_us -1).", "A poll loop at SCHED_FIFO that never waits keeps everything else off its CPU, the kernel's own threads too: the machine may hang.", Remedy)
            : new Finding(RealTime, FindingStatus.Ok, Say($"Real-time threads may take {runtime / NsPerUs} of each {(Number(Period) ?? 1_000_000) / NsPerUs} ms of a CPU (sched_rt_runtime_us)."),
                "A poll loop at SCHED_FIFO that never waits is stopped for the rest: since Linux 6.12 where others want to run, before in any case. A loop that waits is not.");
    }

    private long? Number(string path) => files.Read(path) is { IsRead: true, Text: string text } && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
