namespace PollScale.Tests.Shared.Guests;

/// <summary>The NativeAOT images: beside the tests, as in the lab, else where ./test publishes them; null where one is neither.</summary>
internal static class PublishedGuest
{
    /// <summary>The sample.</summary>
    public static string? Image { get; } = Find("queuescaler");

    /// <summary>The instruments.</summary>
    public static string? Probe { get; } = Find("guestprobe");

    private static string? Find(string name) =>
        ((string?[])[AppContext.BaseDirectory + name, Checkout.Root is string root ? Path.Combine(root, $"artifacts/publish/{name}/release_linux-x64/{name}") : null])
        .FirstOrDefault(File.Exists);
}
