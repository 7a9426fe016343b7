using System.Text.Json;
using PollScale.Tests.Shared.Dpdk;

namespace PollScale.C.Tests.Dpdk;

/// <summary>A DPDK program with the plugin, looked at through DPDK's telemetry.</summary>
/// <param name="program">Its path.</param>
/// <param name="settings">POLLSCALE_SETTINGS.</param>
/// <param name="eal">EAL's options: lcores and devices.</param>
/// <param name="own">The program's own.</param>
/// <param name="plugin">Another place of the plugin.</param>
internal sealed class DpdkProgram(string program, string settings, string eal, string own, string? plugin = null)
    : DpdkProcess(program, $"-m 64 --log-level=pollscale:debug -d {plugin ?? DpdkPlugin.Path} {eal} {own}", ("POLLSCALE_SETTINGS", settings))
{
    /// <summary>Lines of the plugin, without what a prompt may have put before.</summary>
    public string[] Told => [.. Output.Split('\n').Where(line => line.Contains("pollscale: ", StringComparison.Ordinal)).Select(line => line[(line.IndexOf("pollscale: ", StringComparison.Ordinal) + "pollscale: ".Length)..])];

    /// <summary>Asks its telemetry; null until it answers.</summary>
    public JsonElement? Ask(string command) => Telemetry.Ask(RuntimeFolders, command);

    /// <summary>One lcore as telemetry has it; null where it has it not.</summary>
    public JsonElement? Lcore(string name) => Ask("/pollscale/lcores") is { ValueKind: JsonValueKind.Object } all && all.TryGetProperty(name, out JsonElement one) ? one : null;

    /// <summary>Waits until an lcore is as wanted.</summary>
    public JsonElement Await(string name, string what, Func<JsonElement, bool> wanted)
    {
        JsonElement? last = null;
        Await(() => $"{name} is not {what}: {last}", () => (last = Lcore(name)) is JsonElement lcore && wanted(lcore));
        return last!.Value;
    }

    /// <summary>Waits until an lcore has no scaler: it never polled, or waits.</summary>
    public void AwaitUnscaled(string name) =>
        Await(() => $"{name} is scaled: {Lcore(name)}", () => Lcore(name)?.GetProperty("state").GetString() is null or "waits");

    /// <summary>Waits until an lcore is scaled with these queues, named in any order.</summary>
    public JsonElement AwaitScaled(string name, string queues) =>
        Await(name, $"scaled with {queues}", lcore => lcore.GetProperty("state").GetString() == "scaled" && lcore.TryGetProperty("told_queues", out JsonElement told) && told.GetInt32() == queues.Split(' ').Length
            && queues.Split(' ').Order().SequenceEqual(lcore.GetProperty("queues").GetString()!.Split(' ').Order()));

    /// <summary>Waits for a line of the plugin.</summary>
    public void AwaitTold(string words) => Await(() => $"it did not say '{words}'", () => Told.Any(line => line.Contains(words, StringComparison.Ordinal)));
}
