using PollScale.HostStub.Bench;
using PollScale.HostStub.Cli;
using PollScale.HostStub.Doctor;
using PollScale.HostStub.Guests;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Log;
using PollScale.HostStub.Operate;
using PollScale.HostStub.Peer;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Report.Kit;
using PollScale.HostStub.Run;
using PollScale.HostStub.Serve;
using PollScale.HostStub.Simulation;
using PollScale.HostStub.Vm;
using PollScale.Programs;
using Spectre.Console;

if (DebugconReaderProcess.IsAskedFor(args))
{
    return (int)DebugconReaderProcess.Run();
}

Interrupt interrupt = Interrupt.OfProcess(); // not disposed: signals come until the very end
StandardStreams streams = new(interrupt);
if (ProcessLimits.Problem() is string limit)
{
    Console.Error.WriteLine($"hoststub: {limit}");
    return (int)ExitCode.Environment;
}

IAnsiConsole? terminal = Consoles.Terminal(Console.Out, Console.IsOutputRedirected, Environment.GetEnvironmentVariable);
IAnsiConsole? errorTerminal = Consoles.Terminal(Console.Error, Console.IsErrorRedirected, Environment.GetEnvironmentVariable);
HostLog log = new();
using MicroVmFactory microVms = new();
RunLauncher launcher = new(microVms, KvmProbe.Problem, Console.Out, Console.Error, terminal, interrupt, ThreadPlacement.KeepOff, log);
BenchLauncher bench = new(Console.Out, Console.Error, terminal, interrupt);
SimulateLauncher simulate = new(Console.Out, Console.Error, terminal, errorTerminal, interrupt);
ServeLauncher serve = new(Console.Out, Console.Error, terminal, interrupt, Environment.GetEnvironmentVariable, log);
DoctorLauncher doctor = new(DoctorHost.Here, Console.Out, terminal);
ExitCode Examine(DoctorOptions options)
{
    interrupt.Release(); // it changes nothing, and a file that it looks at may hang
    return doctor.Run(options);
}

HostStubCommand command = new(
    streams.Ending<RunOptions>(launcher.Run), streams.Ending<BenchOptions>(bench.Run), streams.Ending<SimulateOptions>(simulate.Run), streams.Outliving<ServeOptions>(serve.Run),
    streams.Ending<DoctorOptions>(Examine), Console.Out, Console.Error, log)
{
    Peer = streams.Ending<PeerOptions>(new PeerLauncher(Console.Out, Console.Error, interrupt, log).Run),
    Status = streams.Ending<StatusOptions>(new StatusLauncher(Console.Out, terminal, Environment.GetEnvironmentVariable).Run),
    Top = streams.Ending<TopOptions>(new TopLauncher(Console.Out, Console.Error, terminal, interrupt, Environment.GetEnvironmentVariable).Run),
    Set = streams.Ending<SetOptions>(new SetLauncher(Console.Out, Environment.GetEnvironmentVariable).Run),
    Guest = streams.Ending<GuestOptions>(new GuestLauncher(Console.Out).Run),
};
return streams.Code(command.Invoke(args));
