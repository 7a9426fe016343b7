using System.Runtime.InteropServices;
using PollScale.HostStub.Cli;
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
IAnsiConsole? terminal = Console.IsOutputRedirected || Environment.GetEnvironmentVariable("TERM") is null or "dumb" ? null : AnsiConsole.Console;
using MicroVmFactory microVms = new();
RunLauncher launcher = new(microVms, KvmProbe.Problem, Console.Out, Console.Error, terminal, interrupt, ThreadPlacement.KeepOff);
BenchLauncher bench = new(AnsiConsole.Console, Console.Error, interrupt);
return new HostStubCommand(launcher.Run, bench.Run, Console.Out, Console.Error).Invoke(args);
