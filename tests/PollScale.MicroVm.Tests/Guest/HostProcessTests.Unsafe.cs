using System.Buffers.Binary;
using PollScale.HostStub.Guest;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Tests.Exits;
using PollScale.Hypercall;
using PollScale.Native;
using Xunit;

namespace PollScale.HostStub.Tests.Guest;

public unsafe class HostProcessTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void Exit_status_and_output_arrive()
    {
        List<string> lines = [];
        GuestOutcome outcome = Run("echo one; echo two >&2; printf three; exit 7", lines);

        Assert.Equal((GuestEnd.Exited, 7), (outcome.End, outcome.ExitCode));
        Assert.Equal("one\ntwo\nthree", outcome.Output);
        Assert.Equal(["one", "two", "three"], lines);
    }

    [Fact]
    public void A_signal_is_a_failure_with_its_name()
    {
        GuestOutcome outcome = Run("kill -SEGV $$");

        Assert.Equal(GuestEnd.Failed, outcome.End);
        Assert.Contains("signal 11 (SIGSEGV)", outcome.Cause);
    }

    [Fact]
    public void Region_call_and_status_descriptors_are_named_on_the_command_line()
    {
        GuestOutcome outcome = Run("echo $0 $@; ls /proc/self/fd/$3 /proc/self/fd/$5 >/dev/null && echo open", regionFd: 17);

        Assert.Equal($"--region /proc/{Environment.ProcessId}/fd/17 --call-fd 3 --status-fd 4\nopen\n", outcome.Output);
    }

    [Fact]
    public void It_runs_on_its_CPU_alone_and_does_not_ignore_SIGPIPE()
    {
        int cpu = ThreadPlacement.AllowedCpus()[^1];
        GuestOutcome outcome = Run("grep -E 'Cpus_allowed_list|SigIgn' /proc/self/status", cpu: cpu);

        Assert.Contains($"Cpus_allowed_list:\t{cpu}\n", outcome.Output);
        Assert.Matches("SigIgn:\t[0-9a-f]{12}[02468ace]000\n", outcome.Output);
    }

    [Fact]
    public void The_spawning_thread_keeps_its_own_affinity()
    {
        int before = ThreadPlacement.AllowedCpus().Count;
        Run("true");

        Assert.Equal(before, ThreadPlacement.AllowedCpus().Count);
    }

    [Fact]
    public void Stop_kills_it_and_the_first_cause_wins()
    {
        using HostProcess guest = new(Config("while :; do :; done"));
        guest.Start();
        guest.Stop("first");
        guest.Stop("second");

        Assert.True(guest.Wait(s_patience));
        Assert.Equal((GuestEnd.Stopped, "first"), (guest.Outcome!.End, guest.Outcome.Cause));
        guest.Stop("late");
    }

    [Fact]
    public void A_grandchild_that_keeps_the_output_open_does_not_hold_the_end_up()
    {
        using HostProcess guest = new(Config("sleep 60 & echo $!"));
        guest.Start();

        Assert.True(guest.Wait(s_patience));
        _ = LibC.kill(int.Parse(guest.Outcome!.Output, System.Globalization.CultureInfo.InvariantCulture), LibC.SIGKILL);
    }

    [Fact]
    public void Dispose_ends_a_running_guest_and_one_never_started()
    {
        HostProcess running = new(Config("while :; do :; done"));
        running.Start();
        int pid = running.Pid;
        running.Dispose();

        Assert.Equal(-1, LibC.kill(pid, 0));
        new HostProcess(Config("true")).Dispose();
    }

    [Fact]
    public void What_cannot_run_says_why()
    {
        Assert.Contains("There is no guest at", Assert.Throws<GuestSetupException>(() => new HostProcess(Config("", elf: "/nonexistent"))).Message);
        Assert.Contains("CPU 1023", Assert.Throws<GuestSetupException>(() => new HostProcess(Config("true", cpu: 1023))).Message);

        using HostProcess text = new(Config("", elf: "/etc/hostname"));
        Assert.Contains("Cannot run /etc/hostname", Assert.Throws<GuestSetupException>(text.Start).Message);
    }

    [Fact]
    public void Calls_over_the_socket_are_answered_and_malformed_ones_are_unknown()
    {
        AllowingService service = new();
        using HostProcessCalls calls = new(service, _ => { });
        int fd = LibC.fcntl(calls.ChildFd, LibC.F_DUPFD_CLOEXEC, 0);
        calls.Start(null, SchedulingClass.Normal);

        Assert.Equal((1 << 16) | 21, Call(fd, new FrequencyCall(FrequencyOp.Hello, 1).Number, 1, 16));
        Assert.Equal(20, Call(fd, new FrequencyCall(FrequencyOp.Min).Number, 0, 16));
        Assert.Equal(-22, Call(fd, new FrequencyCall(FrequencyOp.SetPState).Number, -5, 16));
        Assert.Equal(-1000, Call(fd, 0xDEAD, 0, 16));
        Assert.Equal(-1000, Call(fd, new FrequencyCall(FrequencyOp.Min).Number, 0, 15));
        Assert.Equal(-1000, Call(fd, new FrequencyCall(FrequencyOp.Min).Number, 0, 17));
        Assert.Equal(6, service.Known + service.Unknown);
        LibC.close(fd);
    }

    [Fact]
    public void A_guest_that_never_reads_its_replies_does_not_block_the_host()
    {
        HostProcessCalls calls = new(new AllowingService(), _ => { });
        int fd = LibC.fcntl(calls.ChildFd, LibC.F_DUPFD_CLOEXEC, 0);
        calls.Start(null, SchedulingClass.Normal);
        long* message = stackalloc long[2];
        message[0] = (long)new FrequencyCall(FrequencyOp.GetPState).Number;
        message[1] = 0;
        while (LibC.send(fd, message, 16, LibC.MSG_NOSIGNAL) == 16)
        {
        }

        calls.Dispose();
        LibC.close(fd);
    }

    [Fact]
    public void The_status_page_shows_the_P_state_and_cannot_be_mapped_writable()
    {
        using HostProcessStatus status = new();
        status.Page.Publish(3, 2_700_000, 9, 70_000);

        void* writable = LibC.mmap(null, 4096, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, status.Fd, 0);
        Assert.True(writable == LibC.MAP_FAILED);
        byte* page = (byte*)LibC.mmap(null, 4096, LibC.PROT_READ, LibC.MAP_SHARED, status.Fd, 0);
        Assert.Equal(2_700_000u, *(uint*)(page + StatusPageLayout.FrequencyKHz));
        LibC.munmap(page, 4096);
    }

    [Fact]
    public void At_its_end_nothing_is_published_into_its_page_any_more()
    {
        List<IStatusSink> attached = [];
        HostProcess guest = new(Config("true") with { AttachStatus = attached.Add });
        IStatusSink page = Assert.Single(attached);
        guest.Dispose();
        Assert.Equal([page, NoStatusSink.Instance], attached);
    }

    private static long Call(int fd, ulong number, long argument, int length)
    {
        byte* message = stackalloc byte[32];
        BinaryPrimitives.WriteUInt64LittleEndian(new Span<byte>(message, 8), number);
        BinaryPrimitives.WriteInt64LittleEndian(new Span<byte>(message + 8, 8), argument);
        Assert.Equal(length, LibC.send(fd, message, (nuint)length, LibC.MSG_NOSIGNAL));
        Assert.Equal(8, LibC.recv(fd, message, 32, 0));
        return BinaryPrimitives.ReadInt64LittleEndian(new Span<byte>(message, 8));
    }

    private static GuestOutcome Run(string script, List<string>? lines = null, int regionFd = 0, int? cpu = null)
    {
        using HostProcess guest = new(Config(script, lines, regionFd, cpu));
        guest.Start();
        Assert.True(guest.Wait(s_patience));
        return guest.Outcome!;
    }

    private static GuestConfig Config(string script, List<string>? lines = null, int regionFd = 0, int? cpu = null, string elf = "/bin/sh") => new()
    {
        Elf = elf,
        Arguments = ["-c", script],
        PassRegion = regionFd != 0,
        Service = new AllowingService(),
        AttachStatus = _ => { },
        RegionAddress = 0,
        RegionSize = 0,
        RegionFd = regionFd,
        Cpu = cpu ?? ThreadPlacement.AllowedCpus()[0],
        ConsoleLine = lines is null ? null : lines.Add,
    };
}
