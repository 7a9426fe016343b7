using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using PollScale.Programs;

namespace PollScale.HostStub.Cli;

/// <summary>Prints "hoststub" and its version.</summary>
internal sealed class VersionText : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        string version = typeof(VersionText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        parseResult.InvocationConfiguration.Output.WriteLine($"hoststub {version.Split('+')[0]}");
        return (int)ExitCode.Ok;
    }
}
