using PollScale.HostStub.Frequency;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Run;
using Xunit;

namespace PollScale.HostStub.Tests.Cli;

public class RunLauncherTests
{
    private static readonly RunOptions s_options = new() { Guest = "/bin/true", PStates = PStateFile.Default(), Priority = PriorityChoice.Normal };

    [Fact]
    public void Run_without_KVM_is_exit_code_2_and_names_no_vm()
    {
        (ExitCode code, string error) = Run(s_options);

        Assert.Equal(ExitCode.Environment, code);
        Assert.Equal("hoststub: No KVM. Or run the guest without a VM: --no-vm.\n", error);
    }

    [Fact]
    public void A_demo_without_KVM_says_so_and_goes_on_as_a_process()
    {
        (ExitCode code, string error) = Run(s_options with { IsDemo = true });

        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("hoststub: No KVM.\n", error);
        Assert.Contains("goes on without a VM", error);
    }

    [Fact]
    public void No_guest_is_exit_code_1()
    {
        Assert.Equal(ExitCode.Usage, Run(s_options with { Guest = "/nonexistent" }).Code);
        Assert.Contains("--guest PATH", Run(s_options with { Guest = "/nonexistent", IsDemo = true }).Error);
    }

    private static (ExitCode Code, string Error) Run(RunOptions options)
    {
        StringWriter error = new();
        using Interrupt interrupt = new();
        RunLauncher launcher = new(new NoMicroVm(), () => "No KVM.", new StringWriter(), TextWriter.Synchronized(error), null, interrupt);
        ExitCode code = launcher.Run(options);
        return (code, error.ToString());
    }
}
