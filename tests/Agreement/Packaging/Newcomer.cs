using PollScale.Agreement.Architecture;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.Agreement.Packaging;

/// <summary>
/// Who does what a page of docs/ tells him, in a home of his own, from the packages alone. They are packed already, under a version of the test's; and the page's "nuget.org" is whatever this machine has.
/// </summary>
internal sealed class Newcomer(Outsider outsider) : IDisposable
{
    private const string Pack = "Sdk/Packaging/pack ~/packages\n", Published = """<packageSource key="nuget.org"><package pattern="*" /></packageSource>""";
    private readonly TemporaryFolder _home = new();

    /// <summary>docs/dotnet.md, whose first block packs, and writes the nuget.config that all pages use.</summary>
    public static IReadOnlyList<PageBlock> DotnetPage { get; } = PageBlock.Read("docs/dotnet.md");

    /// <summary>A command that puts a block's text into the file that its mark names.</summary>
    /// <param name="block">The block.</param>
    /// <param name="folder">Where in the home the file goes, with a slash at its end.</param>
    public static string Put(PageBlock block, string folder = "") => $"cat >~/{folder}{block.Mark} <<'PROGRAM'\n{block.Text}PROGRAM\n";

    /// <summary>Does the first block of docs/dotnet.md, and then more.</summary>
    /// <returns>All that was written.</returns>
    public string Run(params string[] commands)
    {
        string root = SourceFiles.Root(), settings = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/NuGet/NuGet.Config");
        string script = string.Concat([DotnetPage[0].Text, .. commands]).Replace("--version 0.1.0", $"--version {outsider.Version}", StringComparison.Ordinal).Replace(Published, outsider.OtherSources, StringComparison.Ordinal);
        Assert.StartsWith(Pack, script, StringComparison.Ordinal);
        return DotnetSdk.Run("sh", ["-ec", $"""
            export HOME='{_home.Path}' XDG_RUNTIME_DIR='{_home.Path}' NUGET_FALLBACK_PACKAGES='{(Directory.Exists(Outsider.Cache) ? Outsider.Cache : "")}' PATH="{Path.GetDirectoryName(DotnetSdk.Program)}:$PATH"
            ln -s '{outsider.Packed}' ~/packages
            ln -s '{root}/Samples' Samples
            [ ! -f '{settings}' ] || install -D '{settings}' ~/.nuget/NuGet/NuGet.Config
            {script[Pack.Length..]}
            """], _home.Path, _home["cache"]);
    }

    public void Dispose() => _home.Dispose();
}
