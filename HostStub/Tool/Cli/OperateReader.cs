using System.CommandLine;
using PollScale.HostStub.Operate;
using PollScale.Programs;

namespace PollScale.HostStub.Cli;

/// <summary>Turns the parsed options of status, top and set into theirs, or into a complaint.</summary>
internal sealed class OperateReader(OperateSymbols symbols, ParseResult parsed) : OptionValues(parsed)
{
    /// <summary>Those of status.</summary>
    public StatusOptions ReadStatus() => new(Control(), Parsed.GetValue(symbols.Json));

    /// <summary>Those of top.</summary>
    public TopOptions ReadTop() => new(Control(), ReadInterval(), ReadChoice(symbols.Sort, TopOrder.Busy), Parsed.GetValue(symbols.Once));

    /// <summary>Those of set. What a P-state may be only the daemon knows.</summary>
    public SetOptions ReadSet()
    {
        SetOptions options = new(Control(), Parsed.GetValue(symbols.Guest)!)
        {
            Fastest = Get(symbols.Fastest),
            Slowest = Get(symbols.Slowest),
            Deny = Parsed.GetValue(symbols.Deny),
            Withdraw = Parsed.GetValue(symbols.Withdraw),
            Reset = Parsed.GetValue(symbols.Reset),
            Json = Parsed.GetValue(symbols.Json),
        };
        bool bounds = options.Fastest is not null || options.Slowest is not null || options.Deny;
        return !bounds && !options.Withdraw && !options.Reset ? throw new UsageException("Say what to set: --fastest, --slowest, --deny, --withdraw or --reset.")
            : options.Reset && bounds ? throw new UsageException("--reset ends what --fastest, --slowest and --deny say: give one or the other.")
            : options;
    }

    private string? Control() => Get(symbols.Control) is "" ? throw Complain(symbols.Control, "", "the path of a daemon's control socket") : Get(symbols.Control);

    private TimeSpan ReadInterval() => Get(symbols.Interval) is not string text ? TimeSpan.FromSeconds(1)
        : ValueText.Duration(text, zero: false, out TimeSpan interval) is null && interval >= TimeSpan.FromMilliseconds(100) && interval <= TimeSpan.FromHours(1) ? interval
        : throw Complain(symbols.Interval, text, "a time such as 500ms, 10s or 1m (100ms to 1h)");
}
