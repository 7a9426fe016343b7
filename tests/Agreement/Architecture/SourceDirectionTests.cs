using System.Text.RegularExpressions;
using Xunit;

namespace PollScale.Agreement.Architecture;

/// <summary>The directions of docs/architecture.md where compiled assemblies do not show them: in constants, which are inlined, and in the projects.</summary>
public partial class SourceDirectionTests
{
    private static readonly Dictionary<string, string> s_short = new()
    {
        ["PollScale.Contract"] = "Contract",
        ["PollScale.Native"] = "Native",
        ["PollScale.Platform"] = "Platform",
        ["PollScale"] = "Sdk",
        ["PollScale.Simulation"] = "Simulation",
        ["PollScale.MicroVm"] = "MicroVm",
        ["PollScale.Control"] = "Control",
    };

    [Fact]
    public void Constants_of_a_room_are_used_only_by_the_rooms_behind_it()
    {
        var files = SourceFiles.In(["HostStub"]).Select(file => (file.Path, Text: string.Join('\n', file.Lines.Select(Code)))).ToArray();
        Dictionary<string, string> owners = files
            .Where(file => Room(file.Text).Length > 0)
            .SelectMany(file => Type().Matches(file.Text).Select(type => (Name: type.Groups[1].Value, Room: Room(file.Text), HasConstants: Constant().IsMatch(file.Text))))
            .GroupBy(type => type.Name)
            .Where(group => group.Any(type => type.HasConstants) && group.Select(type => type.Room).Distinct().Count() == 1)
            .ToDictionary(group => group.Key, group => group.First().Room);
        Regex use = new($@"(?<![\w.])(?:(?:{string.Join('|', HostRooms.Allowed.Keys.Select(Regex.Escape))})\.)?([A-Z]\w*)\.[A-Z]\w*");

        Assert.NotEmpty(owners);
        Assert.Empty(
            from file in files
            let room = Room(file.Text)
            where room.Length > 0
            from found in use.Matches(file.Text)
            where owners.TryGetValue(found.Groups[1].Value, out string? owner) && owner != room && !HostRooms.IsAllowed(room, owner)
            select $"{file.Path}: {found.Value}");
    }

    [Fact]
    public void Projects_reference_what_the_documentation_says()
    {
        string root = SourceFiles.Root();
        string[] documented = [.. File.ReadLines(Path.Combine(root, "docs/architecture.md"))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length == 6 && cells[2].Length > 0 && cells[1].EndsWith('/') && !cells[1].Contains(','))
            .Select(cells => $"{cells[1]} {cells[2]}: {cells[4]}")
            .Order(StringComparer.Ordinal)];
        string[] projects = [.. SourceFiles.Product
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.csproj", SearchOption.AllDirectories))
            .Select(path => $"{Path.GetDirectoryName(Path.GetRelativePath(root, path))}/ {Path.GetFileNameWithoutExtension(path)}: {References(path)}")
            .Order(StringComparer.Ordinal)];

        Assert.Equal(projects, documented);
    }

    private static string References(string project)
    {
        string[] names = [.. Reference().Matches(File.ReadAllText(project)).Select(match => s_short[match.Groups[1].Value]).Order(StringComparer.Ordinal)];
        return names.Length == 0 ? "nothing" : string.Join(", ", names);
    }

    private static string Room(string text) => Namespace().Match(text) is { Success: true } found ? found.Groups[1].Value : "";

    private static string Code(string line) => Texts().Replace(line, "");

    [GeneratedRegex(@"\bconst\b")]
    private static partial Regex Constant();

    [GeneratedRegex(@"^namespace PollScale\.HostStub\.([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^(?:(?:public|internal|file|static|sealed|abstract|readonly|unsafe|partial|ref) )+(?:class|struct|interface|enum|record)(?: struct| class)? (\w+)", RegexOptions.Multiline)]
    private static partial Regex Type();

    [GeneratedRegex(@"<ProjectReference Include=""[^""]*?([\w.]+)\.csproj""")]
    private static partial Regex Reference();

    [GeneratedRegex(@"""(?:[^""\\]|\\.)*""|//.*$")]
    private static partial Regex Texts();
}
