using PollScale.Lab.Machine;

namespace PollScale.Lab.Scenarios;

/// <summary>Runs `guestprobe probe` in a guest and reads what it found.</summary>
internal static class ProbeRun
{
    /// <summary>Answers to each call, P-states 2 .. 17 of 21 allowed, whatever the doorbell.</summary>
    public static string[] ExpectedCalls =>
    [
        "Hello 1 -> 65557", "Hello 0 -> 65557", "Hello 63 -> 65557", // version 1 << 16 | 21
        "GetPState 0 -> 2", "GetPState 1 -> Invalid (-22)", "GetPState 63 -> Invalid (-22)",
        "SetPState 20 -> 17", "SetPState 0 -> 2", "SetPState 21 -> Invalid (-22)", "SetPState 63 -> Invalid (-22)",
        "SetPState 64 -> Invalid (-22)", "SetPState -1 -> Invalid (-22)", "SetPState 9223372036854775807 -> Invalid (-22)",
        "Step -1 -> 3", "Step 1 -> 2", "Step 0 -> 2", "Step -32 -> 17", "Step 31 -> 2", "Step -33 -> 17", "Step 32 -> 2",
        "Step -9223372036854775808 -> 17", "Step 9223372036854775807 -> 2",
        "Max 0 -> 2", "Max 1 -> Invalid (-22)", "Min 0 -> 17", "Min 1 -> Invalid (-22)",
        "PStateKHz 0 -> 3000000", "PStateKHz 20 -> 1000000", "PStateKHz 21 -> Invalid (-22)", "PStateKHz 63 -> Invalid (-22)",
        "PStateKHz 64 -> Invalid (-22)", "PStateKHz -1 -> Invalid (-22)",
        "Limits 0 -> 131089", "Limits 1 -> Invalid (-22)", // fastest 2 << 16 | slowest 17
        "8 0 -> UnknownCall (-1000)", "65535 0 -> UnknownCall (-1000)",
    ];

    /// <summary>Runs it.</summary>
    public static LabResult On(LabMachine machine, string doorbell, string hostOptions = "--fastest 2 --slowest 17", string guestOptions = "") =>
        machine.Run($"hoststub run --doorbell {doorbell} {hostOptions} $probe -- probe {guestOptions}");
}
