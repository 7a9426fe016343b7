using PollScale.Notation;

namespace PollScale.Memif.Control;

/// <summary>A memif interface as a command line has it: <c>--memif SOCKET,option=value,option=value</c>. The options' names are those of DPDK's driver where it has them.</summary>
internal sealed record MemifSpec
{
    /// <summary>The options, each with what it takes.</summary>
    public static SettingList<MemifSpec> Settings { get; } = new("--memif", new MemifSpec(),
    [
        new ChoiceSetting<MemifSpec, MemifRole>("role", "connects, or serves", [("client", MemifRole.Client), ("server", MemifRole.Server)], s => s.Role, (s, v) => s with { Role = v }),
        new NumberSetting<MemifSpec>("id", "number of the interface on the socket", Quantity.Count, 0, uint.MaxValue, s => s.Port.Id, (s, v) => s with { Port = s.Port with { Id = (uint)v } }) { Unit = "" },
        new TextSetting<MemifSpec>("secret", "what the client has to say", "1 .. 24 ASCII characters", s => s.Port.Secret, (s, v) => s with { Port = s.Port with { Secret = v } }),
        new NumberSetting<MemifSpec>("rsize", "log2 of the rings' size; a server's largest", Quantity.Count, MemifPort.LeastLog2RingSize, MemifAbi.MostLog2RingSize, s => s.Port.Log2RingSize, (s, v) => s with { Port = s.Port with { Log2RingSize = (int)v } }) { Unit = "" },
        new NumberSetting<MemifSpec>("bsize", "bytes of a client's buffers", Quantity.Count, MemifPort.LeastBuffer, MemifAbi.MaxFrame, s => s.Port.BufferSize, (s, v) => s with { Port = s.Port with { BufferSize = (int)v } }) { Unit = "bytes" },
        new ChoiceSetting<MemifSpec, bool>("unsealed", "memory of a peer that is trusted not to cut it off", [("refuse", false), ("accept", true)], s => s.Port.AcceptUnsealed, (s, v) => s with { Port = s.Port with { AcceptUnsealed = v } }),
    ]);

    /// <summary>Path of the control socket, or an abstract name that begins with @.</summary>
    public string Path { get; init; } = "";

    /// <summary>Who connects to whom.</summary>
    public MemifRole Role { get; init; }

    /// <summary>The interface.</summary>
    public MemifPortOptions Port { get; init; } = new();

    /// <summary>Reads a text.</summary>
    /// <returns>What is wrong and what would be right, or null.</returns>
    public static string? TryParse(string text, out MemifSpec spec)
    {
        int comma = text.IndexOf(',', StringComparison.Ordinal);
        spec = new MemifSpec { Path = comma < 0 ? text : text[..comma] };
        if (spec.Path.Length == 0)
        {
            return "--memif: the path of a control socket is missing: SOCKET,role=server, say.";
        }

        try
        {
            string? error = Settings.Read(spec, comma < 0 ? null : text[(comma + 1)..], double.NaN, out spec);
            spec.Port.Checked();
            return error;
        }
        catch (ArgumentException e)
        {
            return $"--memif: {e.Message}";
        }
    }

    /// <summary>Opens the socket.</summary>
    /// <exception cref="MemifException">It cannot be had.</exception>
    public MemifSocket Open() => Role == MemifRole.Server ? MemifSocket.Listen(Path) : MemifSocket.Connect(Path);
}
