using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Running;
using PollScale.Simulation.Traffic;
using Xunit;

namespace PollScale.Agreement.Packaging;

/// <summary>The packages, used as another's application uses them: each way to build it, each warning an error. What takes long for net9.0 too runs with -explicit only.</summary>
[Collection(Outsider.Collection)]
public class OutsiderTests(Outsider outsider)
{
    // A net9.0 application runs on the runtime that is here, which may be a later one.
    [Theory]
    [InlineData("net10.0")]
    [InlineData("net9.0")]
    public void Compiled_at_run_time(string framework) => Check(framework, "--no-self-contained");

    [Fact]
    public void Compiled_beforehand() => Check("net10.0", "-p:PublishAot=true", "-p:CppCompilerAndLinker=gcc");

    [Fact]
    public void Trimmed() => Check("net10.0", "-p:PublishTrimmed=true", "--self-contained");

    [Fact(Explicit = true)]
    public void Trimmed_for_net9() => Check("net9.0", "-p:PublishTrimmed=true", "--self-contained");

    [Fact(Explicit = true)]
    public void Compiled_beforehand_for_net9() => Check("net9.0", "-p:PublishAot=true", "-p:CppCompilerAndLinker=gcc");

    // The simulation is the same to the bit, however it was compiled.
    private void Check(string framework, params string[] options)
    {
        RunResult result = PollLoop.Run(
            new PollLoopOptions { Actuator = new SlottedActuator(500 * SimTime.Microsecond), Governor = context => new OptimalAvailableGovernor(context), Duration = SimTime.Second / 10 },
            TrafficModels.Parse("poisson:rate=1Mpps", CoreModel.Synthetic.ServiceRate(0)),
            seed: 1);
        string simulated = FormattableString.Invariant($"simulated={result.Offered}/{result.Forwarded} {BitConverter.DoubleToInt64Bits(result.Joules):x}");
        Assert.Equal($".NETCoreApp,Version=v{framework[3..]} received=3500000 decided=True {simulated} {OutsiderLink.Counted}", outsider.Run(framework, options).Trim());
    }
}
