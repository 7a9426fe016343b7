using System.Globalization;
using System.Text.Json;

namespace PollScale.HostStub.Frequency;

/// <summary>A JSON value with its path, so that every complaint can name the field and the value.</summary>
internal readonly struct JsonField(JsonElement value, string origin, string path)
{
    /// <summary>A required member of an object.</summary>
    public JsonField this[string name]
    {
        get
        {
            string child = path.Length == 0 ? name : $"{path}.{name}";
            return value.TryGetProperty(name, out JsonElement member)
                ? new JsonField(member, origin, child)
                : throw new PStateFileException($"{origin}: {child} is missing");
        }
    }

    /// <summary>A member of an object that may be left out; null where it is.</summary>
    public JsonField? Find(string name) => value.TryGetProperty(name, out _) ? this[name] : null;

    /// <summary>An element of an array.</summary>
    public JsonField this[int index] => new(value[index], origin, $"{path}[{index}]");

    /// <summary>Refuses anything but an object with these members.</summary>
    public void AllowOnly(params ReadOnlySpan<string> names)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Error("must be an object");
        }

        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (!names.Contains(property.Name))
            {
                string child = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
                throw new PStateFileException($"{origin}: {Shown(child)} is unknown; allowed here: {string.Join(", ", names!)}");
            }
        }
    }

    /// <summary>Length of an array.</summary>
    public int ArrayLength(int least, int most)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw Error("must be an array");
        }

        int length = value.GetArrayLength();
        return length >= least && length <= most
            ? length
            : throw new PStateFileException($"{origin}: {path} has {length} entries; allowed: {least} to {most}");
    }

    /// <summary>A whole number in a range.</summary>
    public uint Integer(uint least, uint most) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetUInt32(out uint number) && number >= least && number <= most
            ? number
            : throw Error($"must be a whole number from {least} to {most}");

    /// <summary>A finite number in a range.</summary>
    public double Number(double least, double most) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number >= least && number <= most
            ? number
            : throw Error(string.Create(CultureInfo.InvariantCulture, $"must be a number from {least} to {most}"));

    /// <summary>Printable text, not empty.</summary>
    public string Text(int longest)
    {
        string text = "";
        try
        {
            text = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        }
        catch (InvalidOperationException)
        {
            // An escaped lone surrogate is valid JSON but no text.
        }

        return text.Length > 0 && text.Length <= longest && !text.Any(char.IsControl)
            ? text
            : throw Error($"must be 1 to {longest} characters of printable text");
    }

    /// <summary>A complaint about this field.</summary>
    public PStateFileException Error(string rule) =>
        new($"{origin}: {(path.Length == 0 ? "the file" : path)} is {Shown(value.GetRawText())}; it {rule}");

    private static string Shown(string text)
    {
        string line = new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);
        return line.Length <= 60 ? line : $"{line[..57]}...";
    }
}
