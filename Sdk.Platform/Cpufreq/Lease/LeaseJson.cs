using System.Text.Json;

namespace PollScale.Cpufreq;

/// <summary>The lease file's text: one flat JSON object. Written and read by tokens, which keeps serializers out of small static programs.</summary>
internal static class LeaseJson
{
    private const int Version = 1;
    private const uint HighestKHz = 100_000_000;
    private const int LongestPath = 4096;

    public static byte[] Write(LeaseRecord lease)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteNumber("pid", lease.Owner.Pid);
            json.WriteNumber("start_ticks", lease.Owner.StartTicks);
            json.WriteString("pid_namespace", lease.Owner.PidNamespace);
            json.WriteString("boot_id", lease.Owner.BootId);
            json.WriteString("command", lease.Owner.Command);
            json.WriteString("root", lease.Root);
            json.WriteNumber("policy", lease.Policy);
            json.WriteString("driver", lease.Driver);
            json.WriteString("method", lease.Plan.Method == CpufreqMethod.SetSpeed ? "setspeed" : "bounds");
            json.WriteString("sets_governor", lease.Plan.Governor);
            json.WriteString("governor", lease.Original.Governor);
            json.WriteNumber("min_khz", lease.Original.MinKHz);
            json.WriteNumber("max_khz", lease.Original.MaxKHz);
            if (lease.Original.ShownMaxKHz > 0)
            {
                json.WriteNumber("shown_max_khz", lease.Original.ShownMaxKHz);
            }

            json.WriteNumber("setspeed_khz", lease.Original.SetSpeedKHz ?? 0);
            json.WriteString("preference", lease.Original.Preference ?? "");
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Reads a lease.</summary>
    /// <exception cref="FormatException">It is not one, or a value is out of range; the message names it.</exception>
    public static LeaseRecord Read(ReadOnlySpan<byte> text)
    {
        Dictionary<string, string> fields = ReadFields(text);
        if (Number("version", 1, uint.MaxValue) is ulong version and not Version)
        {
            throw new FormatException($"version is {version}, this program knows {Version}");
        }

        LeaseOwner owner = new((int)Number("pid", 1, int.MaxValue), Number("start_ticks", 0, ulong.MaxValue), Text("pid_namespace", 0, 64), Text("boot_id", 0, 64), Text("command", 0, 255));
        CpufreqMethod method = Text("method", 1, 16) switch
        {
            "setspeed" => CpufreqMethod.SetSpeed,
            "bounds" => CpufreqMethod.Bounds,
            string other => throw new FormatException($"method is '{other}', not setspeed or bounds"),
        };
        uint setSpeed = (uint)Number("setspeed_khz", 0, HighestKHz);
        string preference = Text("preference", 0, 64);
        CpufreqSettings original = new(
            Text("governor", 1, 32), (uint)Number("min_khz", 1, HighestKHz), (uint)Number("max_khz", 1, HighestKHz),
            setSpeed == 0 ? null : setSpeed, preference.Length == 0 ? null : preference)
        {
            ShownMaxKHz = fields.ContainsKey("shown_max_khz") ? (uint)Number("shown_max_khz", 0, HighestKHz) : 0,
        };
        return original.MinKHz <= original.MaxKHz
            ? new LeaseRecord(owner, Text("root", 1, LongestPath), (int)Number("policy", 0, int.MaxValue), Text("driver", 1, 64), new CpufreqPlan(method, Text("sets_governor", 1, 32)), original)
            : throw new FormatException($"min_khz {original.MinKHz} is above max_khz {original.MaxKHz}");

        string Text(string name, int shortest, int longest) => fields.TryGetValue(name, out string? value) && value.Length >= shortest && value.Length <= longest && !value.Any(char.IsControl)
            ? value
            : throw new FormatException($"{name} is missing or no text of {shortest} to {longest} characters");

        ulong Number(string name, ulong least, ulong most) => fields.TryGetValue(name, out string? value) && ulong.TryParse(value, out ulong number) && number >= least && number <= most
            ? number
            : throw new FormatException($"{name} is missing or no number from {least} to {most}");
    }

    private static Dictionary<string, string> ReadFields(ReadOnlySpan<byte> text)
    {
        Dictionary<string, string> fields = [];
        try
        {
            Utf8JsonReader json = new(text);
            json.Read();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                string name = json.GetString()!;
                json.Read();
                string value = json.TokenType switch
                {
                    JsonTokenType.String => json.GetString()!,
                    JsonTokenType.Number when json.TryGetUInt64(out ulong number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    _ => throw new FormatException($"{name} is neither text nor a whole number"),
                };
                if (!fields.TryAdd(name, value))
                {
                    throw new FormatException($"{name} is there twice");
                }
            }

            return json.TokenType == JsonTokenType.EndObject && !json.Read() ? fields : throw new FormatException("it is no JSON object");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException(e.Message, e);
        }
    }
}
