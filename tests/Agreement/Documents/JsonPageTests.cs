using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using PollScale.Telemetry;
using Xunit;

namespace PollScale.Agreement.Documents;

/// <summary>docs/json.md has every field of every line, and no other.</summary>
public class JsonPageTests
{
    private const string Json = "docs/json.md";

    // Where the page does not agree, what it should hold is put here, to be copied.
    private static readonly string s_made = Path.Combine(AppContext.BaseDirectory, "json.made.md");

    [Fact]
    public void Every_table_of_the_page_is_the_one_of_its_record()
    {
        IReadOnlyList<(string Title, IReadOnlyList<string> Table)> sections = new SchemaPage().Sections();
        Dictionary<string, string[]> page = Page();
        File.WriteAllLines(s_made, sections.SelectMany(section => (string[])[$"### {section.Title}", "", .. section.Table, ""]));

        Assert.Equal(sections.Select(section => section.Title).Order(StringComparer.Ordinal), page.Keys.Order(StringComparer.Ordinal));
        Assert.All(sections, section => Assert.True(section.Table.SequenceEqual(page[section.Title]), $"The table of \"{section.Title}\" in docs/json.md is not the record's; {s_made} has it."));
    }

    [Fact]
    public void Every_field_has_a_sentence()
    {
        XmlDocs docs = new();
        Assert.All(SchemaPage.Lines.SelectMany(SchemaPage.Fields), field => Assert.True(docs.Of(field.Property).Length > 0, $"{field.Property.DeclaringType!.Name}.{field.Property.Name} has no sentence"));
        Assert.DoesNotContain(new SchemaPage().Sections().SelectMany(section => section.Table), row => row.EndsWith("|  |", StringComparison.Ordinal));
    }

    [Fact]
    public void Fields_are_written_under_the_names_and_in_the_order_of_the_page() => Assert.All(SchemaPage.Lines, line =>
    {
        JsonTypeInfo? info = ReportJson.Default.GetTypeInfo(line);
        Assert.True(info is not null, $"{line.Name} cannot be written: name it in ReportJson");
        Assert.Equal(SchemaPage.Fields(line).Select(field => field.Name), info.Properties.Where(property => property.Get is not null).OrderBy(property => property.Order).Select(property => property.Name));
    });

    [Fact]
    public void Lines_are_of_the_kinds_that_they_are_documented_as() => Assert.All(SchemaPage.Lines, line =>
    {
        IReadOnlyList<LineType> types = line.GetCustomAttribute<LineOfAttribute>()!.Types;
        Assert.Equal(types.Contains(LineType.Summary), line.IsSubclassOf(typeof(SummaryLine)) || types.Count > 1);
        if (line.GetConstructor([]) is ConstructorInfo make)
        {
            Assert.Equal([((ReportLine)make.Invoke(null)).Type], types);
        }
    });

    [Fact]
    public void Every_percentile_stands_in_an_object_whose_name_says_the_unit()
    {
        Assert.All(Spread(), field => Assert.True(SchemaPage.Unit(field.Name) is "us" or "ns", field.Name));
        Assert.DoesNotContain(SchemaPage.Lines.SelectMany(SchemaPage.Fields), field => field.Name.Contains("p50", StringComparison.Ordinal) || field.Name.Contains("p99", StringComparison.Ordinal));

        static IEnumerable<(string Name, PropertyInfo Property)> Spread()
        {
            (string Name, PropertyInfo Property)[] spread = [.. typeof(ReportLine).Assembly.GetTypes().Where(type => type.Name != nameof(Percentiles) && SchemaPage.Lines.Contains(type)).SelectMany(SchemaPage.Fields).Where(field => field.Property.PropertyType == typeof(Percentiles))];
            Assert.True(spread.Length >= 5, $"{spread.Length}");
            return spread;
        }
    }

    private static Dictionary<string, string[]> Page() => File.ReadLines(Path.Combine(AppContext.BaseDirectory, Json))
        .Where(line => line.StartsWith("### ", StringComparison.Ordinal))
        .ToDictionary(line => line[4..], line => DocumentedTable.Lines(Json, line));
}
