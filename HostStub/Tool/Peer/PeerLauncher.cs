using Microsoft.Extensions.Logging;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Log;
using PollScale.HostStub.Peer.Reports;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using PollScale.Programs;

namespace PollScale.HostStub.Peer;

/// <summary>Chooses the report of a run against a memif peer, and runs it.</summary>
/// <param name="output">For reports.</param>
/// <param name="error">For messages.</param>
/// <param name="interrupt">Ctrl-C.</param>
/// <param name="host">Which events are told; null for the usual ones.</param>
internal sealed class PeerLauncher(TextWriter output, TextWriter error, Interrupt interrupt, HostLog? host = null)
{
    private const int ErrorFd = 2;

    /// <summary>Runs.</summary>
    public ExitCode Run(PeerOptions options)
    {
        ILogger log = (host ?? new HostLog()).Open(new LogLines(error, Journal.Takes(ErrorFd, Environment.GetEnvironmentVariable)).Write);
        IReport report = options.Json ? new JsonLines(output, ReportJson.Default) : new PeerLines(output);
        return new PeerSession(options, report, interrupt, log).Run();
    }
}
