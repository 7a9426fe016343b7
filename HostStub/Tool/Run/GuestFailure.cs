using PollScale.HostStub.Machine;
using PollScale.HostStub.Report;

namespace PollScale.HostStub.Run;

/// <summary>What a user needs to find out why a guest failed.</summary>
internal static class GuestFailure
{
    private const int ShownLines = 50;

    public static void Write(TextWriter error, GuestOutcome outcome)
    {
        error.WriteLine(outcome.End == GuestEnd.HostFailed
            ? $"hoststub: a thread of hoststub itself failed, and the run ended: {SafeText.Line(outcome.Cause)}"
            : $"hoststub: the guest {outcome.End.ToString().ToLowerInvariant()}: {SafeText.Line(outcome.Cause)}");
        if (outcome.Report is not null)
        {
            foreach (string line in SafeText.Lines(outcome.Report))
            {
                error.WriteLine($"  {line}");
            }
        }

        if (string.IsNullOrWhiteSpace(outcome.Output))
        {
            error.WriteLine("  It printed nothing.");
            return;
        }

        List<string> lines = [.. SafeText.Lines(outcome.Output)];
        error.WriteLine(lines.Count > ShownLines ? $"  The last {ShownLines} lines it printed:" : "  It printed:");
        foreach (string line in lines.TakeLast(ShownLines))
        {
            error.WriteLine($"    {line}");
        }
    }
}
