namespace PollScale.HostStub.Guest;

/// <summary>Environment variables, NAME=value.</summary>
internal static class EnvironmentText
{
    /// <summary>Those of <paramref name="first"/>, with <paramref name="over"/> in the place of its namesakes or behind.</summary>
    public static IReadOnlyList<string> Merge(IReadOnlyList<string> first, IReadOnlyList<string> over) =>
        [.. first.Where(variable => !over.Any(o => Name(o) == Name(variable))), .. over];

    private static string Name(string variable) => variable.Split('=', 2)[0];
}
