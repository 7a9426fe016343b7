using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace PollScale.Agreement.Documents;

/// <summary>The sentences that the compiler took from the comments of the code.</summary>
internal sealed partial class XmlDocs
{
    private readonly Dictionary<Assembly, Dictionary<string, XElement>> _files = [];

    /// <summary>What a property's comment says: its own, or that of a record's parameter. A line of text; empty for none.</summary>
    public string Of(PropertyInfo property)
    {
        Type type = property.DeclaringType!;
        string name = type.FullName!.Replace('+', '.');
        XElement? text = Members(type.Assembly).GetValueOrDefault($"P:{name}.{property.Name}")?.Element("summary")
            ?? Members(type.Assembly).GetValueOrDefault($"T:{name}")?.Elements("param").FirstOrDefault(param => param.Attribute("name")?.Value == property.Name);
        return text is null ? "" : Blanks().Replace(Text(text), " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);
    }

    private static string Name(string reference)
    {
        string last = reference.Split('.', ':')[^1];
        return reference.StartsWith("P:", StringComparison.Ordinal) ? JsonNamingPolicy.SnakeCaseLower.ConvertName(last) : last;
    }

    // References show the last part of what they name, properties as they are written.
    private static string Text(XElement element) => string.Concat(element.Nodes().Select(node => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" or "paramref" } see => Name((see.Attribute("cref") ?? see.Attribute("name"))!.Value),
        XElement inner => Text(inner),
        _ => "",
    }));

    private Dictionary<string, XElement> Members(Assembly assembly)
    {
        if (!_files.TryGetValue(assembly, out Dictionary<string, XElement>? members))
        {
            string file = Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml");
            members = XDocument.Load(file).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);
            _files.Add(assembly, members);
        }

        return members;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
