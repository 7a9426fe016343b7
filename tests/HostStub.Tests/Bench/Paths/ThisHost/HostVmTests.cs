using PollScale.HostStub.Bench.Paths.ThisHost;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Machine;
using PollScale.Native;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Bench.Paths.ThisHost;

/// <summary>With a shell script for QEMU, which writes what a VM would.</summary>
public sealed class HostVmTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Interrupt _interrupt = new();
    private readonly List<string> _told = [];

    public void Dispose()
    {
        _interrupt.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void What_it_wrote_is_told_line_by_line()
    {
        VmOutcome outcome = Run($"printf 'a\\r\\n{HostVm.Up}\\nb\\tc\\033[2J' >\"$console\"; printf '\\n' >>\"$console\"");
        Assert.Equal((true, null), (outcome.CameUp, outcome.Problem));
        Assert.Equal(["a", HostVm.Up, "b c?[2J"], outcome.Console.Lines);
        Assert.Equal(outcome.Console.Lines, _told);
    }

    [Fact]
    public void One_that_fails_is_told_with_what_QEMU_said() => Assert.Contains("status 3: no such thing", Run("echo no such thing >&2; exit 3").Problem, StringComparison.Ordinal);

    [Fact]
    public void One_that_does_not_come_up_is_ended_and_told_with_its_consoles_end()
    {
        VmOutcome outcome = Run("echo 'Kernel panic' >\"$console\"; sleep 600; true", TimeSpan.FromMilliseconds(500));
        Assert.False(outcome.CameUp);
        Assert.Contains("did not come up", outcome.Problem, StringComparison.Ordinal);
        Assert.Contains("Kernel panic", outcome.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_writes_for_ever_is_ended() => Assert.Contains("wrote its console full", Run("yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | head -c 3000000 >\"$console\"; sleep 600; true").Problem, StringComparison.Ordinal);

    [Fact]
    public void One_that_has_done_all_and_does_not_end_is_no_problem() => Assert.Null(Run($"printf '{HostVm.Up}\ndone\n' >\"$console\"; sleep 600; true").Problem);

    [Fact]
    public void Ctrl_C_ends_it()
    {
        _interrupt.Raise();
        Assert.Throws<OperationCanceledException>(() => Run("sleep 600; true"));
    }

    [Fact]
    public void QEMU_that_is_not_there_is_told_with_what_to_do() =>
        Assert.Contains("--qemu", Assert.Throws<GuestSetupException>(() => Vm("/nowhere/qemu", TimeSpan.FromSeconds(60)).Run(PathDevice.Page, _folder["page"], _ => { }, "done")).Message, StringComparison.Ordinal);

    private VmOutcome Run(string script, TimeSpan? limit = null)
    {
        string qemu = _folder["qemu"];
        File.WriteAllText(qemu, $"#!/bin/sh\nprintf 'CPU 0/KVM' >/proc/$$/comm\nfor argument; do case $argument in file:*) console=${{argument#file:}} ;; esac; done\n{script}\n");
        Assert.Equal(0, LibC.chmod(qemu, 0x1C0)); // 0700
        return Vm(qemu, limit ?? TimeSpan.FromMinutes(10)).Run(PathDevice.Page, _folder["page"], line => _told.AddRange(line is null ? [] : [line]), "done", "bench-bursts");
    }

    private HostVm Vm(string qemu, TimeSpan limit)
    {
        File.WriteAllText(_folder["probe"], "");
        return new HostVm(new ThisHostOptions(qemu, _folder["kernel"], _folder["probe"], 1), _folder.Path, 0, _interrupt) { BootLimit = limit };
    }
}
