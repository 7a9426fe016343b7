using System.CommandLine;
using System.CommandLine.Invocation;
using PollScale.HostStub.Lifetime;
using PollScale.Programs;

namespace PollScale.HostStub.Cli;

/// <summary>Prints "hoststub" and its version.</summary>
internal sealed class VersionText : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine($"hoststub {OwnProgram.Version}");
        return (int)ExitCode.Ok;
    }
}
