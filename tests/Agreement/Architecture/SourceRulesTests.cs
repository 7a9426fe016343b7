using System.Text.RegularExpressions;
using Xunit;

namespace PollScale.Agreement.Architecture;

/// <summary>What CONTRIBUTING.md says of source files and no compiler checks.</summary>
public partial class SourceRulesTests
{
    private const string Safety = "// SAFETY:";

    // Kernel structs and constants go by the header that they are from.
    private static readonly string[] s_headers = ["HostStub/Control/Channels/Module/pollscale_kvm.Unsafe.cs", "HostStub/MicroVm/Kvm/Abi/", "HostStub/MicroVm/Guest/Signals/rt_sigframe.Unsafe.cs", "Sdk.Native/LibC/"];

    [Fact]
    public void Unsafe_code_stands_in_its_rooms_and_in_files_that_say_so() => Assert.Empty(
        SourceFiles.In([.. SourceFiles.Product, "tests"])
            .Where(file => !file.Path.EndsWith(".Unsafe.cs", StringComparison.Ordinal) && !StartsWithAny(file.Path, ["Sdk.Native/", "HostStub/MicroVm/Kvm/"]))
            .SelectMany(file => Unsafe(file.Lines).Select(line => $"{file.Path}:{line + 1}")));

    [Fact]
    public void Whatever_is_unsafe_says_why_it_is_safe() => Assert.Empty(
        SourceFiles.In(SourceFiles.Product)
            .Where(file => !StartsWithAny(file.Path, ["Sdk.Native/LibC/"]))
            .SelectMany(file => Unsafe(file.Lines).Where(line => !IsExplained(file.Lines, line)).Select(line => $"{file.Path}:{line + 1}")));

    [Fact]
    public void A_file_has_one_type() => Assert.Empty(
        from file in SourceFiles.In([.. SourceFiles.Product, "tests"])
        where !StartsWithAny(file.Path, s_headers)
        let types = file.Lines.Where(line => Type().IsMatch(line) && !line.Contains(": ICollectionFixture<", StringComparison.Ordinal)).ToArray() // xunit's names of collections stand beside what they share
        where types.Length > 1
        select $"{file.Path}: {string.Join("; ", types)}");

    // One namespace a name: whoever reads it knows what it is, and a search finds one thing.
    [Fact]
    public void A_type_name_means_one_thing() => Assert.Empty(
        from file in SourceFiles.In(SourceFiles.Product)
        let room = file.Lines.Select(line => Room().Match(line)).FirstOrDefault(match => match.Success)?.Groups[1].Value
        where room is not null
        from line in file.Lines
        let name = TypeName().Match(line)
        where name.Success
        group room by name.Groups[1].Value into named
        where named.Distinct().Count() > 1
        select $"{named.Key}: {string.Join(", ", named.Distinct().Order(StringComparer.Ordinal))}");

    [Fact]
    public void No_file_is_longer_than_400_lines() => Assert.Empty(
        SourceFiles.In([.. SourceFiles.Product, "tests"]).Where(file => file.Lines.Length > 400).Select(file => $"{file.Path}: {file.Lines.Length}"));

    [Theory]
    [InlineData("unsafe class A", "{", "}", false)]
    [InlineData("unsafe class A // SAFETY: so", "{", "}", true)]
    [InlineData("    unsafe void M()", "    {", "        Do(); // SAFETY: so", true)]
    [InlineData("    unsafe void M() => Do();", "", "    // SAFETY: of another", false)]
    public void An_explanation_belongs_to_what_it_stands_in(string first, string second, string third, bool explained) =>
        Assert.Equal(explained, IsExplained([first, second, third, new string(' ', first.Length - first.TrimStart().Length) + "}"], 0));

    private static bool StartsWithAny(string path, string[] starts) => starts.Any(start => path.StartsWith(start, StringComparison.Ordinal));

    private static IEnumerable<int> Unsafe(string[] lines) => Enumerable.Range(0, lines.Length).Where(i => Keyword().IsMatch(lines[i]));

    // In the comment lines above, or up to where it ends: the formatting, which the build checks, puts that at its own indentation.
    private static bool IsExplained(string[] lines, int at)
    {
        for (int above = at - 1; above >= 0 && (lines[above].TrimStart().StartsWith("//", StringComparison.Ordinal) || lines[above].TrimStart().StartsWith('[')); above--)
        {
            if (lines[above].Contains(Safety, StringComparison.Ordinal))
            {
                return true;
            }
        }

        string end = lines[at][..(lines[at].Length - lines[at].TrimStart().Length)] + "}";
        int last = lines[at].TrimEnd().EndsWith(';') ? at : Array.FindIndex(lines, at, line => line.StartsWith(end, StringComparison.Ordinal));
        return lines[at..((last < 0 ? at : last) + 1)].Any(line => line.Contains(Safety, StringComparison.Ordinal));
    }

    // The keyword, not in a comment or a text.
    [GeneratedRegex("""^[^"/]*\bunsafe\b""")]
    private static partial Regex Keyword();

    // Of a type within a type too.
    [GeneratedRegex(@"^\s*(?:(?:public|internal|private|protected|file|static|sealed|abstract|readonly|unsafe|partial|ref) )*(?:(?:class|struct|interface|enum|record|record struct) |delegate [\w<>\[\],?*]+ )(?!struct\b|class\b)(\w+)(?=\W|$)")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"^namespace ([\w.]+);")]
    private static partial Regex Room();

    [GeneratedRegex(@"^(?:(?:public|internal|file|static|sealed|abstract|readonly|unsafe|partial|ref) )+(?:class|struct|interface|enum|record|delegate)\b")]
    private static partial Regex Type();
}
