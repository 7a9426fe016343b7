using System.ComponentModel;
using System.Runtime.InteropServices;
using PollScale.HostStub.Channels.Acpi.Reader;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Placement;
using PollScale.Native;
using PollScale.Programs;

namespace PollScale.HostStub.Serve;

/// <summary>This program as the process that drains debug ports; serve starts it, nobody else can.</summary>
internal static class DebugconReaderProcess
{
    private const string Name = "debugcon-reader";

    /// <summary>How serve starts it: the program that serves, by the file that it was started from.</summary>
    public static ReaderProgram Program() => Program(Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "hoststub"));

    /// <summary>The same for a process started from a file, with hoststub's own start in another, if it is there.</summary>
    public static ReaderProgram Program(string process, string start)
    {
        (string program, string[] arguments) = OwnProgram.From(process, start, Name);
        return new ReaderProgram(program, arguments);
    }

    /// <summary>True where the command line asks for it.</summary>
    public static bool IsAskedFor(IReadOnlyList<string> arguments) => arguments is [Name];

    /// <summary>Drains until serve has gone. No signal but SIGKILL ends it before: a service manager's stop reaches serve too, which ends in order meanwhile.</summary>
    public static ExitCode Run()
    {
        PosixSignalRegistration[] ignored = [.. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
            .Select(signal => PosixSignalRegistration.Create(signal, context => context.Cancel = true))];
        StreamDescriptor control = new(ReaderProgram.ControlFd), shared = new(ReaderProgram.MemoryFd);
        if (!ReaderMemory.Is(shared))
        {
            Console.Error.WriteLine($"hoststub: {Name} is started by hoststub serve, which gives it what it needs.");
            return ExitCode.Usage;
        }

        try
        {
            DescriptorLimit.Raise();
            ThreadPlacement.TrySchedule(SchedulingClass.Nice); // a vCPU stands still while its port is full
            using ReaderMemory memory = new(shared);
            using DebugconReader reader = new(control, memory);
            reader.Run();
            return ExitCode.Ok;
        }
        catch (Win32Exception e)
        {
            Console.Error.WriteLine($"hoststub: {Name}: {e.Message}");
            return ExitCode.Environment;
        }
        finally
        {
            GC.KeepAlive(ignored);
        }
    }
}
