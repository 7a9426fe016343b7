using System.Text;
using System.Text.Json;
using Xunit;

namespace PollScale.Lab.Machine;

/// <summary>What a job printed, and its status.</summary>
/// <param name="Status">Exit status of its last command.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record LabResult(int Status, string Output, string Error)
{
    private const int TimedOut = 124, TerminatedByTimeout = 143, KilledByTimeout = 137, GuestStartedAnew = 125;

    /// <summary>The job was stopped at its limit.</summary>
    public bool WasStopped => Status is TimedOut or TerminatedByTimeout or KilledByTimeout;

    /// <summary>A VM of the machine has started anew, which nobody asked for: see l2_answer of linux.sh.</summary>
    public bool LostGuest => Status == GuestStartedAnew;

    /// <summary>Lines the guest printed, without hoststub's prefix.</summary>
    public string[] GuestLines => [.. (Output + Error).Split('\n').Where(l => l.StartsWith("guest: ", StringComparison.Ordinal)).Select(l => l["guest: ".Length..])];

    /// <summary>The last line of output: hoststub's --json summary.</summary>
    public JsonElement Summary => JsonDocument.Parse(Output.TrimEnd().Split('\n')[^1]).RootElement;

    /// <summary>Fails the test unless the status is as expected; the message shows what was printed.</summary>
    public LabResult Expect(int status = 0)
    {
        Assert.True(Status == status, $"status {Status} instead of {status}\n{this}");
        return this;
    }

    /// <summary>Reads the agent's line.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static LabResult Parse(string line)
    {
        JsonElement answer = JsonDocument.Parse(line).RootElement;
        return new LabResult(answer.GetProperty("status").GetInt32(), Text("out"), Text("error"));

        string Text(string name) => Encoding.UTF8.GetString(answer.GetProperty(name).GetBytesFromBase64());
    }

    /// <summary>Everything printed.</summary>
    public override string ToString() => $"{Output}\n{Error}";
}
