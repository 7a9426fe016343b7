using PollScale.HostStub.Frequency;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Run;
using PollScale.Programs;
using Xunit;

namespace PollScale.HostStub.Tests.Run;

public class RunLauncherTests
{
    private static readonly RunOptions s_options = new() { Guest = "/bin/true", PStates = PStateFile.Default(), Priority = PriorityChoice.Normal };

    [Fact]
    public void Run_without_KVM_is_exit_code_2_and_names_no_vm()
    {
        GuestSetupException e = Assert.Throws<GuestSetupException>(() => Run(s_options));

        Assert.Equal("No KVM. Or run the guest without a VM: --no-vm.", MachineFailure.Describe(e)); // what has a description is exit code 2
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
    public void No_guest_is_a_usage_error_that_names_the_option_of_demo()
    {
        Assert.Throws<UsageException>(() => Run(s_options with { Guest = "/nonexistent" }));
        Assert.Contains("--guest PATH", Assert.Throws<UsageException>(() => Run(s_options with { Guest = "/nonexistent", IsDemo = true })).Message, StringComparison.Ordinal);
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
