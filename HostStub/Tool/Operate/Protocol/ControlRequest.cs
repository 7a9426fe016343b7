using System.Text.Json;

namespace PollScale.HostStub.Operate.Protocol;

/// <summary>What an operator asks of a daemon: one line of JSON. docs/operating.md has the fields.</summary>
internal sealed record ControlRequest
{
    /// <summary>The protocol's version that this program speaks.</summary>
    public const int Current = 1;

    /// <summary>Bytes that a line may have, its end among them.</summary>
    public const int LongestLine = 4096;

    /// <summary>The protocol's version.</summary>
    public required int Version { get; init; }

    /// <summary>What is asked: status or set.</summary>
    public required string Command { get; init; }

    /// <summary>set: a guest's name, or NAME/VCPU for one vCPU of it.</summary>
    public string? Guest { get; init; }

    /// <summary>set: the fastest P-state from now on, as in a policy file.</summary>
    public string? Fastest { get; init; }

    /// <summary>set: the slowest P-state from now on.</summary>
    public string? Slowest { get; init; }

    /// <summary>set: no control from now on.</summary>
    public bool Deny { get; init; }

    /// <summary>set: its wish is taken back now.</summary>
    public bool Withdraw { get; init; }

    /// <summary>set: nothing of an operator's holds any more.</summary>
    public bool Reset { get; init; }

    /// <summary>The line, with its end.</summary>
    public byte[] Line() => [.. JsonSerializer.SerializeToUtf8Bytes(this, RequestJson.Default.ControlRequest), (byte)'\n'];

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line, without its end.</param>
    /// <param name="problem">What is wrong with it; null for nothing.</param>
    public static ControlRequest? Read(ReadOnlySpan<byte> line, out string? problem)
    {
        try
        {
            ControlRequest? request = JsonSerializer.Deserialize(line, RequestJson.Default.ControlRequest);
            problem = request is null ? "null is no request."
                : request.Version != Current ? $"This daemon speaks version {Current} of the control protocol, not {request.Version}: use the hoststub that it was started with."
                : null;
            return problem is null ? request : null;
        }
        catch (JsonException e)
        {
            problem = $"That is no request: {e.Message}";
            return null;
        }
    }
}
