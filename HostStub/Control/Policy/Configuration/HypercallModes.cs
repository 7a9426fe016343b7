namespace PollScale.HostStub.Policy.Configuration;

/// <summary>The values of <c>hypercall:</c> as a policy file has them.</summary>
internal static class HypercallModes
{
    private static readonly (string Text, HypercallMode Mode)[] s_all = [("observed", HypercallMode.Observed), ("answered", HypercallMode.Answered), ("module", HypercallMode.Module)];

    /// <summary>All of them.</summary>
    public static IEnumerable<HypercallMode> All => s_all.Select(one => one.Mode);

    /// <summary>The same, as a message lists what may be written.</summary>
    public static string List { get; } = $"{string.Join(", ", s_all[..^1].Select(one => one.Text))} or {s_all[^1].Text}";

    /// <summary>The mode of a text; <see cref="HypercallMode.None"/> where it is none.</summary>
    public static HypercallMode Parse(string text) => Array.Find(s_all, one => one.Text == text).Mode;

    /// <summary>The text of a mode; empty for <see cref="HypercallMode.None"/>.</summary>
    public static string Of(HypercallMode mode) => Array.Find(s_all, one => one.Mode == mode).Text ?? "";
}
