using System.Text.Json;
using PollScale.HostStub.Cli;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Simulation;
using PollScale.Programs;

namespace PollScale.Tests.Shared.Tool;

/// <summary>Runs simulate as its users do, from a command line, but within the test.</summary>
internal static class Simulate
{
    public static readonly string[] Short = ["--seeds", "1", "--duration", "60ms", "--warmup", "10ms"];

    public static readonly string[] ShortTwice = ["--seeds", "2", .. Short[2..]];

    public static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using Interrupt interrupt = new();
        return Run(interrupt, arguments);
    }

    public static (int Code, string Output, string Error) Run(Interrupt interrupt, params string[] arguments)
    {
        StringWriter output = new(), error = new();
        SimulateLauncher launcher = new(output, error, null, null, interrupt);
        int code = new HostStubCommand(_ => ExitCode.Internal, _ => ExitCode.Internal, launcher.Run, _ => ExitCode.Internal, _ => ExitCode.Internal, output, error).Invoke(["simulate", .. arguments]);
        return (code, output.ToString(), error.ToString());
    }

    public static SimulateOptions Read(params string[] arguments)
    {
        SimulateOptions? options = null;
        StringWriter error = new();
        int code = new HostStubCommand(
            _ => ExitCode.Internal,
            _ => ExitCode.Internal,
            o =>
            {
                options = o;
                return ExitCode.Ok;
            },
            _ => ExitCode.Internal,
            _ => ExitCode.Internal,
            TextWriter.Null,
            error).Invoke(["simulate", .. arguments]);
        return options ?? throw new InvalidOperationException($"{code}: {error}");
    }

    public static IReadOnlyList<JsonElement> Lines(string output) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
}
