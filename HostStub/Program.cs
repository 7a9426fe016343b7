using System.Runtime.InteropServices;
using PollScale.HostStub.Cli;
using PollScale.HostStub.Doctor;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Vm;
using Spectre.Console;

using Interrupt interrupt = new();
void OnSignal(PosixSignalContext context)
{
    context.Cancel = true;
    interrupt.Raise();
}

using PosixSignalRegistration sigint = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
using PosixSignalRegistration sigterm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
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
return new HostStubCommand(launcher.Run, bench.Run, simulate.Run, serve.Run, doctor.Run, Console.Out, Console.Error).Invoke(args);
