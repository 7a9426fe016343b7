using PollScale.HostStub.Cli;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.HostStub.Doctor;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Vm;
using PollScale.Native;
using Spectre.Console;

if (DescriptorLimit.Raise() is < ChannelResources.OfProcess and ulong few)
{
    Console.Error.WriteLine($"hoststub: this process may have {few} files open, and the .NET runtime needs about {ChannelResources.OfProcess}: raise ulimit -Hn, or LimitNOFILE= of its unit.");
    return (int)ExitCode.Environment;
}

Interrupt interrupt = Interrupt.OfProcess(); // not disposed: signals come until the very end
static IAnsiConsole? ErrorTerminal() => Console.IsErrorRedirected || Environment.GetEnvironmentVariable("TERM") is null or "dumb"
    ? null
    : AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

IAnsiConsole? terminal = Console.IsOutputRedirected || Environment.GetEnvironmentVariable("TERM") is null or "dumb" ? null : AnsiConsole.Console;
using MicroVmFactory microVms = new();
RunLauncher launcher = new(microVms, KvmProbe.Problem, Console.Out, Console.Error, terminal, interrupt, ThreadPlacement.KeepOff);
BenchLauncher bench = new(AnsiConsole.Console, Console.Error, interrupt);
SimulateLauncher simulate = new(Console.Out, Console.Error, terminal, ErrorTerminal(), interrupt);
ServeLauncher serve = new(Console.Out, Console.Error, terminal, interrupt, Environment.GetEnvironmentVariable);
DoctorLauncher doctor = new(DoctorHost.Here, Console.Out, terminal);
ExitCode Examine(DoctorOptions options)
{
    interrupt.Release(); // it changes nothing, and a file that it looks at may hang
    return doctor.Run(options);
}

return new HostStubCommand(launcher.Run, bench.Run, simulate.Run, serve.Run, Examine, Console.Out, Console.Error).Invoke(args);
