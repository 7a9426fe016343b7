using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using PollScale.HostStub.Report.Kit;

namespace PollScale.Agreement.Documents;

/// <summary>The tables of docs/json.md, made from the records that are written.</summary>
internal sealed class SchemaPage
{
    private static readonly (string Suffix, string Unit)[] s_units =
    [
        ("_mpps", "Mpps"), ("_per_second", "1/s"), ("_per_s", "1/s"), ("_percent", "%"), ("_share", "share, 0 .. 1"), ("_mhz", "MHz"), ("_khz", "kHz"), ("_ns", "ns"), ("_us", "us"),
        ("_ms", "ms"), ("_s", "s"), ("_j", "J"), ("_bytes", "bytes"), ("_watts", "W"), ("_rate", "packets/s"), ("_ratio", "ratio"),
    ];

    private readonly NullabilityInfoContext _nullability = new();
    private readonly XmlDocs _docs = new();
    private readonly Queue<Type> _objects = [];
    private readonly List<Type> _seen = [];

    /// <summary>All lines, in the order of their commands.</summary>
    public static IReadOnlyList<Type> Lines { get; } =
        [.. typeof(ReportLine).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ReportLine)) && !type.IsAbstract).OrderBy(Title, StringComparer.Ordinal)];

    /// <summary>Headings, each with the lines of its table.</summary>
    public IReadOnlyList<(string Title, IReadOnlyList<string> Table)> Sections()
    {
        List<(string, IReadOnlyList<string>)> sections = [.. Lines.Select(line => (Title(line), Table(line)))];
        while (_objects.TryDequeue(out Type? type))
        {
            sections.Add((type.Name, Table(type)));
        }

        return sections;
    }

    /// <summary>Names of a type's fields as they are written, in their order.</summary>
    public static IEnumerable<(string Name, PropertyInfo Property)> Fields(Type type) => Properties(type)
        .Select((property, i) => (property, Order: property.GetCustomAttribute<JsonPropertyOrderAttribute>()?.Order ?? 0, i))
        .OrderBy(field => field.Order).ThenBy(field => field.i)
        .Select(field => (field.property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(field.property.Name), field.property));

    /// <summary>The unit that a name says; empty for none.</summary>
    public static string Unit(string name) => s_units.FirstOrDefault(unit => $"_{name}".EndsWith(unit.Suffix, StringComparison.Ordinal)).Unit ?? "";

    private static string Title(Type line) =>
        line.GetCustomAttribute<LineOfAttribute>() is { } of ? $"{of.Commands}: {string.Join(", ", of.Types.Select(Word))}" : $"{line.Name} has no [LineOf]";

    private static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    // Those of base types first, as they are written.
    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        (type.BaseType is { } parent && parent != typeof(object) ? Properties(parent) : [])
        .Concat(type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(property => property.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always }));

    private List<string> Table(Type type) =>
    [
        "| field | type | unit | meaning |",
        "|---|---|---|---|",
        .. Fields(type).Select(field => $"| {field.Name} | {TypeOf(type, field.Property)} | {Unit(field.Name)} | {_docs.Of(field.Property)} |"),
    ];

    private string TypeOf(Type type, PropertyInfo property)
    {
        if (property.PropertyType == typeof(LineType))
        {
            return string.Join(", ", type.GetCustomAttribute<LineOfAttribute>()?.Types.Select(kind => $"`{Word(kind)}`") ?? []);
        }

        bool isNull = Nullable.GetUnderlyingType(property.PropertyType) is not null || _nullability.Create(property).ReadState == NullabilityState.Nullable;
        bool isAbsent = property.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition == JsonIgnoreCondition.WhenWritingNull;
        return $"{Name(property.PropertyType)}{(isAbsent ? ", or absent" : isNull ? " or null" : "")}";
    }

    private string Name(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
        {
            return string.Join(", ", Enum.GetNames(type).Select(name => $"`{JsonNamingPolicy.SnakeCaseLower.ConvertName(name)}`"));
        }

        if (type == typeof(string))
        {
            return "text";
        }

        if (type.IsPrimitive)
        {
            return type == typeof(bool) ? "true or false" : type == typeof(double) ? "number" : "whole number";
        }

        if (type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)))
        {
            Type[] of = type.GetGenericArguments();
            return of.Length == 2 ? $"object: a {Name(of[1])} for each name" : $"list of {Name(of[0])}";
        }

        if (!_seen.Contains(type))
        {
            _seen.Add(type);
            _objects.Enqueue(type);
        }

        return $"[{type.Name}](#{type.Name.ToLowerInvariant()})";
    }
}
