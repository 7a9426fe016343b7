using System.CommandLine;
using PollScale.HostStub.Peer;
using PollScale.HostStub.Report;
using PollScale.HostStub.Run;
using PollScale.HostStub.Traffic.Pcap;
using PollScale.Memif.Control;
using PollScale.Programs;

namespace PollScale.HostStub.Cli;

/// <summary>Turns a parsed <c>run --memif</c> into <see cref="PeerOptions"/>, or into a complaint.</summary>
internal sealed class PeerReader(RunSymbols symbols, ParseResult parsed)
{
    /// <summary>Reads and checks every option.</summary>
    /// <param name="text">What --memif has.</param>
    /// <param name="memif">The option.</param>
    /// <param name="guest">The guest beside it, which is one too many.</param>
    /// <exception cref="UsageException">An option is not valid, or goes with a guest only.</exception>
    public PeerOptions Read(string text, Option memif, string? guest)
    {
        if (guest is not null)
        {
            throw new UsageException($"--memif sends to a peer that runs already, and there is a guest beside it: {SafeText.Line(guest)}. Leave one of the two out.");
        }

        Option[] common = [memif, symbols.Traffic, symbols.Duration, symbols.FrameSize, symbols.Seed, symbols.Cpu, symbols.Json];
        string[] foreign = [.. parsed.CommandResult.Command.Options.Except(common).Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name)];
        if (foreign.Length > 0)
        {
            throw new UsageException($"{string.Join(", ", foreign)}: not with --memif, which takes {string.Join(", ", common[1..].Select(option => option.Name))} alone. Leave {(foreign.Length == 1 ? "it" : "them")} out.");
        }

        if (MemifSpec.TryParse(text, out MemifSpec spec) is string wrong)
        {
            throw new UsageException(SafeText.Line(wrong));
        }

        RunOptions run = new OptionsReader(symbols, parsed).Read("", null);
        PeerOptions options = new()
        {
            Memif = spec,
            Traffic = run.Traffic ?? throw new UsageException("--memif needs traffic: give --traffic."),
            FrameSizes = run.FrameSizes,
            Seed = run.Seed,
            Cpu = run.Cpu,
            Json = run.Json,
        };
        return PcapSpec.Is(options.Traffic)
            ? throw new UsageException("--memif sends frames of its own, each with a stamp in its payload, and a capture's have no room for one: give --traffic a model or a workload.")
            : run.Duration is TimeSpan duration ? options with { Duration = duration } : options;
    }
}
