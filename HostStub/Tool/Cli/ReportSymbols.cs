using System.CommandLine;
using PollScale.HostStub.Report.Html;
using PollScale.Programs;

namespace PollScale.HostStub.Cli;

/// <summary>The option that names an HTML report, of every command that makes one.</summary>
internal sealed class ReportSymbols
{
    private readonly Option<string?> _file = new(PageFile.Option)
    {
        HelpName = "FILE",
        Description = "Also show the results in an HTML file, with charts: any browser reads it, it loads nothing; an existing file is replaced at the end.",
    };

    /// <summary>Adds it to a command.</summary>
    public void AddTo(Command command) => command.Options.Add(_file);

    /// <summary>Reads it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="read">Files that the command reads; null for none.</param>
    /// <exception cref="UsageException">It names one of these.</exception>
    public string? Read(ParseResult parsed, params ReadOnlySpan<string?> read)
    {
        if (parsed.GetValue(_file) is not { Length: > 0 } path)
        {
            return parsed.GetValue(_file); // an empty one is refused where it is begun
        }

        foreach (string? other in read)
        {
            if (other is { Length: > 0 } && Path.GetFullPath(other) == Path.GetFullPath(path))
            {
                throw new UsageException($"{PageFile.Option} names a file that this command reads: name another.");
            }
        }

        return path;
    }
}
