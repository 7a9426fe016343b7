namespace PollScale.Tests.Shared;

/// <summary>The repository that a test program was built in.</summary>
internal static class Checkout
{
    /// <summary>Its folder; null where only the compiled tests are.</summary>
    public static string? Root { get; } = Find();

    private static string? Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Sdk.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName;
    }
}
