using System.Reflection;
using System.Text.Json;
using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.HostStub.Frequency;

/// <summary>Reads P-state files: JSON, checked field by field, unknown and repeated fields refused.</summary>
internal static class PStateFile
{
    private const int MaxBytes = 64 * 1024;
    private const uint MaxKHz = 20_000_000;
    private const uint MaxLatencyNs = 1_000_000_000;
    private const double MaxWatts = 10_000;

    // As many as cpuidle knows.
    private const int MaxIdleStates = 10;
    private const string DefaultResource = "PStates.synthetic-server-core.json";

    private static readonly JsonDocumentOptions s_options = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>The built-in model.</summary>
    public static PStateModel Default()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(DefaultResource)
            ?? throw new InvalidOperationException($"The resource {DefaultResource} is missing from this build.");
        byte[] json = new byte[stream.Length];
        stream.ReadExactly(json);
        return Parse(json, DefaultResource);
    }

    /// <summary>Reads a file of at most 64 KiB; a FIFO, a device or a folder is refused at once, and so is a file that every user may write.</summary>
    /// <exception cref="PStateFileException">The file cannot be read or breaks a rule.</exception>
    public static PStateModel Load(string path)
    {
        try
        {
            return Parse(SafeFile.Read(path, MaxBytes, FileTrust.NotEverybody), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new PStateFileException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Parses the text of a file.</summary>
    /// <param name="json">UTF-8 JSON, a byte order mark allowed.</param>
    /// <param name="origin">Name for messages.</param>
    /// <exception cref="PStateFileException">The text breaks a rule.</exception>
    public static PStateModel Parse(ReadOnlyMemory<byte> json, string origin)
    {
        if (json.Span.StartsWith("\uFEFF"u8))
        {
            json = json[3..];
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json, s_options);
            return ReadModel(new JsonField(document.RootElement, origin, ""));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter for names that are not UTF-8
        {
            throw new PStateFileException($"{origin}: not valid JSON: {e.Message}", e);
        }
    }

    private static PStateModel ReadModel(JsonField root)
    {
        root.AllowOnly("name", "source", "transition_latency_ns", "p_states", "idle_states");
        string name = root["name"].Text(64);
        string source = root["source"].Text(500);
        uint latency = root["transition_latency_ns"].Integer(0, MaxLatencyNs);
        JsonField list = root["p_states"];
        int count = list.ArrayLength(1, HypercallAbi.MaxPStates);
        PStateEntry[] entries = new PStateEntry[count];
        for (int i = 0; i < count; i++)
        {
            entries[i] = ReadEntry(list[i], i == 0 ? null : entries[i - 1].KHz);
        }

        return new PStateModel(name, source, latency, entries, root.Find("idle_states") is { } idle ? ReadIdleStates(idle, entries[^1].Watts) : []);
    }

    private static IdleStateEntry[] ReadIdleStates(JsonField list, double slowest)
    {
        IdleStateEntry[] states = new IdleStateEntry[list.ArrayLength(1, MaxIdleStates)];
        for (int i = 0; i < states.Length; i++)
        {
            states[i] = ReadIdleState(list[i], i == 0 ? null : states[i - 1], slowest);
        }

        return states;
    }

    private static IdleStateEntry ReadIdleState(JsonField field, IdleStateEntry? shallower, double slowest)
    {
        field.AllowOnly("name", "power_w", "exit_latency_ns", "least_residency_ns", "source");
        JsonField power = field["power_w"], exit = field["exit_latency_ns"], residency = field["least_residency_ns"];
        IdleStateEntry state = new(field["name"].Text(64), power.Number(0, MaxWatts), exit.Integer(0, MaxLatencyNs), residency.Integer(0, MaxLatencyNs), field["source"].Text(500));
        return state.LeastResidencyNs < state.ExitLatencyNs ? throw residency.Error($"must be exit_latency_ns ({state.ExitLatencyNs}) or more: a shorter wait would be over before the core has left the state")
            : state.LeastResidencyNs <= shallower?.LeastResidencyNs ? throw residency.Error($"must be above the entry before it ({shallower.LeastResidencyNs}): list the shallowest first")
            : state.ExitLatencyNs < shallower?.ExitLatencyNs ? throw exit.Error($"must not be below the entry before it ({shallower.ExitLatencyNs}): list the shallowest first")
            : state.Watts >= shallower?.Watts ? throw power.Error(FormattableString.Invariant($"must be below the entry before it ({shallower.Watts}): leave out a state that saves nothing"))
            : state.Watts > slowest ? throw power.Error(FormattableString.Invariant($"must be at most what the slowest P-state draws ({slowest}): a core that sleeps draws no more than one that polls"))
            : state;
    }

    private static PStateEntry ReadEntry(JsonField field, uint? faster)
    {
        field.AllowOnly("khz", "static_w", "dynamic_w");
        JsonField kHz = field["khz"];
        PStateEntry entry = new(kHz.Integer(1, MaxKHz), field["static_w"].Number(0, MaxWatts), field["dynamic_w"].Number(0, MaxWatts));
        if (entry.KHz >= faster)
        {
            throw kHz.Error($"must be below the entry before it ({faster}): list the fastest first");
        }

        return entry.Watts > 0 ? entry : throw field.Error("static_w + dynamic_w must be above 0");
    }
}
