namespace PollScale.Tests.Shared.Guests;

/// <summary>The NativeAOT image of the sample.</summary>
internal static class PublishedGuest
{
    private const string Published = "artifacts/publish/queuescaler/release_linux-x64/queuescaler";

    /// <summary>Beside the tests, as in the lab, else where ./test publishes it; null where it is neither.</summary>
    public static string? Image { get; } = ((string?[])[AppContext.BaseDirectory + "queuescaler", Checkout.Root is string root ? Path.Combine(root, Published) : null])
        .FirstOrDefault(File.Exists);
}
