using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.Agreement.Architecture;

/// <summary>The sources of this repository, where a test runs beside them.</summary>
internal static class SourceFiles
{
    /// <summary>The folders of the product.</summary>
    public static readonly string[] Product = ["Sdk.Contract", "Sdk.Native", "Sdk.Platform", "Sdk", "Sdk.Extensions", "Sdk.C", "Sdk.Simulation", "HostStub", "Samples"];

    /// <summary>The source files in some folders, by their path from there.</summary>
    public static IReadOnlyList<(string Path, string[] Lines)> In(string[] folders)
    {
        string root = Root();
        return [.. from folder in folders
                   from path in Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories)
                   let name = Path.GetRelativePath(root, path)
                   where !name.Contains("/obj/", StringComparison.Ordinal) && !name.Contains("/bin/", StringComparison.Ordinal)
                   select (name, File.ReadAllLines(path))];
    }

    /// <summary>The repository's folder; skips the test where it is not.</summary>
    public static string Root()
    {
        Assert.SkipWhen(Checkout.Root is null, "The repository is not here: only the compiled tests are.");
        return Checkout.Root!;
    }
}
