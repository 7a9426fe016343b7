namespace PollScale.HostStub.Tests.Hostile;

/// <summary>Where a guest ends otherwise, or is not worth its time, on the machine at hand.</summary>
internal static class MachineDifferences
{
    private static readonly string[] s_executedByOuterHost = ["instructions int80", "instructions int81", "instructions int14"];

    // Each takes a minute or more of page faults there; exhaust-large and exhaust-odd take the same path.
    private static readonly string[] s_tooSlowToEmulate = ["memory many", "memory exhaust-small"];

    private static readonly Dictionary<string, Expected> s_onEmulatedCpu = new Expected[]
    {
        Expected.Dies("instructions", "icebp", "debug exception (#DB)", "(#UD)"),
        Expected.Exits("instructions", "alignment_check"),
        Expected.Exits("instructions", "sse_fault"),
    }.ToDictionary(e => e.ToString());

    /// <summary>Why a case is not run here, or null.</summary>
    public static string? SkipReason(string name) =>
        TestMachine.IsNested && s_executedByOuterHost.Contains(name) ? "A software-nested host executes this instruction itself."
        : TestMachine.HasEmulatedCpu && s_tooSlowToEmulate.Contains(name) ? "An emulated CPU takes minutes for it."
        : null;

    /// <summary>The end to expect here.</summary>
    public static Expected On(Expected usual) =>
        TestMachine.HasEmulatedCpu && s_onEmulatedCpu.TryGetValue(usual.ToString(), out Expected? other) ? other : usual;
}
