using System.CommandLine;
using PollScale.HostStub.Audit;
using PollScale.Programs;

namespace PollScale.HostStub.Cli;

/// <summary>The options that bound an audit log, of every command that has one.</summary>
internal sealed class AuditSymbols
{
    private const int MostKept = 1000;

    private readonly Option<string?> _size = new("--audit-size") { HelpName = "SIZE", Description = "Begin a new audit file at this length; the old one becomes FILE.1. 0 for never [64MiB]." };

    private readonly Option<string?> _keep = new("--audit-keep") { HelpName = "N", Description = "Old audit files kept, FILE.1 to FILE.N; the oldest goes [4]." };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_size);
        command.Options.Add(_keep);
    }

    /// <summary>Reads and checks them.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="hasLog">There is a log.</param>
    /// <exception cref="UsageException">One is not valid, or there is no log.</exception>
    public AuditLimits Read(ParseResult parsed, bool hasLog)
    {
        AuditLimits limits = AuditLimits.Default;
        foreach (Option<string?> option in (Option<string?>[])[_size, _keep])
        {
            if (parsed.GetValue(option) is not string text)
            {
                continue;
            }

            if (!hasLog)
            {
                throw new UsageException($"{option.Name} needs --audit FILE.");
            }

            if (option == _size)
            {
                limits = ValueText.Bytes(text, out long bytes) is string expected ? throw OptionValues.Complain(option, text, expected) : limits with { MostBytes = bytes };
            }
            else
            {
                limits = limits with { Keep = OptionValues.Integer(option, text, 1, MostKept)!.Value };
            }
        }

        return limits;
    }
}
