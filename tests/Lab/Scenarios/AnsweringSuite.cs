using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios;

/// <summary>The tests of the program that answers hypercalls, in L1: there none is skipped.</summary>
internal static class AnsweringSuite
{
    private const int Seconds = 300;

    /// <summary>Runs them as root.</summary>
    public static void Run(LabMachine machine)
    {
        LabResult run = machine.Run("control_tests -class '*.AnsweredCallsTests' -class '*.AnsweredRefusalsTests' -class '*.AnswerServerTests'; status=$?; dmesg | grep -c 'bpf_probe_write_user helper that may corrupt'; exit $status", Seconds).Expect();
        TestContext.Current.TestOutputHelper?.WriteLine(run.Output);
        Assert.Matches(@"Total: [1-9]\d, Errors: 0, Failed: 0, Skipped: 0", run.Output);
        Assert.DoesNotMatch("(?m)^0$", run.Output); // the kernel's warning, which the documentation tells of
    }
}
