using System.IO.Compression;
using System.Xml.Linq;
using Xunit;

namespace PollScale.Agreement.Packaging;

/// <summary>What is in the packages.</summary>
[Collection(Outsider.Collection)]
public class PackageTests(Outsider outsider)
{
    private static readonly string[] s_names = ["PollScale", "PollScale.Contract", "PollScale.Extensions", "PollScale.Native", "PollScale.Platform", "PollScale.Simulation"];

    [Fact]
    public void Each_has_both_frameworks_documentation_symbols_readme_and_icon()
    {
        Assert.Equal(
            s_names.SelectMany(name => new[] { $"{name}.{outsider.Version}.nupkg", $"{name}.{outsider.Version}.snupkg" }).Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(outsider.Packed).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(s_names, name =>
        {
            using ZipArchive package = Open(name, "nupkg"), symbols = Open(name, "snupkg");
            string[] frameworks = ["net10.0", "net9.0"], files = [.. package.Entries.Select(entry => entry.FullName)];
            Assert.All(frameworks.SelectMany(framework => new[] { $"lib/{framework}/{name}.dll", $"lib/{framework}/{name}.xml" }), file => Assert.Contains(file, files));
            Assert.All(frameworks, framework => Assert.NotNull(symbols.GetEntry($"lib/{framework}/{name}.pdb")));
            XElement metadata = Metadata(package);
            Assert.Equal("MIT", Value(metadata, "license"));
            Assert.Equal("git", (string?)Child(metadata, "repository")?.Attribute("type"));
            Assert.StartsWith("https://", (string?)Child(metadata, "repository")?.Attribute("url") ?? "https://"); // no path of this machine
            using StreamReader readme = new(package.GetEntry(Value(metadata, "readme"))!.Open());
            string text = readme.ReadToEnd();
            Assert.StartsWith(name is "PollScale" or "PollScale.Extensions" or "PollScale.Simulation" ? $"# {name}\n" : "# A part of PollScale\n", text);
            using Stream icon = package.GetEntry(Value(metadata, "icon"))!.Open();
            byte[] magic = new byte[8];
            icon.ReadExactly(magic);
            Assert.Equal([0x89, .. "PNG\r\n\x1a\n"u8], magic);
        });
    }

    [Fact]
    public void Packed_again_they_are_the_same_to_the_byte()
    {
        string again = Directory.CreateTempSubdirectory("pollscale-packed-").FullName;
        try
        {
            DotnetSdk.Pack(again, outsider.Version);
            Assert.All(Directory.EnumerateFiles(outsider.Packed), file => Assert.True(
                File.ReadAllBytes(file).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(again, Path.GetFileName(file)))), $"{Path.GetFileName(file)} differs"));
        }
        finally
        {
            Directory.Delete(again, recursive: true);
        }
    }

    private ZipArchive Open(string name, string kind) => ZipFile.OpenRead(Path.Combine(outsider.Packed, $"{name}.{outsider.Version}.{kind}"));

    private static XElement Metadata(ZipArchive package)
    {
        using Stream stream = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(stream).Root!.Elements().Single();
    }

    private static XElement? Child(XElement metadata, string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name);

    private static string Value(XElement metadata, string name) => Child(metadata, name)!.Value;
}
