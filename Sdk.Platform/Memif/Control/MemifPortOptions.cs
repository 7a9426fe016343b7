namespace PollScale.Memif.Control;

/// <summary>One interface of a memif socket.</summary>
public sealed record MemifPortOptions
{
    /// <summary>Its number on the socket, 0 .. 2^32 - 1, which both sides must give; default 0.</summary>
    public uint Id { get; init; }

    /// <summary>At most 24 printable ASCII characters; a server refuses who does not give it. Default empty, for none. It crosses the socket as it is.</summary>
    public string Secret { get; init; } = "";

    /// <summary>Log2 of the rings' size in descriptors, 1 .. 15; default 10, as with DPDK and libmemif. A client takes the server's largest where that is less; a server takes what is no larger.</summary>
    public int Log2RingSize { get; init; } = 10;

    /// <summary>Bytes of each buffer that a client makes, 64 .. 65536; default 2048. A longer frame takes several. All buffers of both rings together take less than 2 GiB. A server's peer decides.</summary>
    public int BufferSize { get; init; } = 2048;

    /// <summary>
    /// Takes regions whose file may shrink, as a peer has them that shares its own packet memory (zero copy). False refuses them, which is the
    /// default: such a peer may end this process at any time, by a file cut off.
    /// </summary>
    public bool AcceptUnsealed { get; init; }

    /// <summary>
    /// Told of each change of the link, and why there is none, in a sentence for people; the same news is told once. It is called by a thread of the socket's own, which serves all of its ports:
    /// it must not wait. What it throws is passed over.
    /// </summary>
    public Action<string>? StatusChanged { get; init; }

    /// <summary>The values, but for the secret.</summary>
    public override string ToString() => $"memif interface {Id}, rings of 2^{Log2RingSize}, buffers of {BufferSize} bytes";

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">One is out of range.</exception>
    internal MemifPortOptions Checked()
    {
        if (Secret.Length > Init.SecretBytes || !System.Text.Ascii.IsValid(Secret) || Secret.Any(char.IsControl))
        {
            throw new ArgumentException($"A memif secret has at most {Init.SecretBytes} printable ASCII characters.");
        }

        if (Log2RingSize is < MemifPort.LeastLog2RingSize or > MemifAbi.MostLog2RingSize)
        {
            throw new ArgumentException($"A memif ring of 2^{Log2RingSize} descriptors: the exponent must lie in {MemifPort.LeastLog2RingSize}..{MemifAbi.MostLog2RingSize}.");
        }

        if (BufferSize is < MemifPort.LeastBuffer or > MemifAbi.MaxFrame || OwnMemory.Bytes(Log2RingSize, BufferSize) > int.MaxValue)
        {
            throw new ArgumentException($"Buffers of {BufferSize} bytes for rings of 2^{Log2RingSize}: a buffer has {MemifPort.LeastBuffer}..{MemifAbi.MaxFrame} bytes, and all together less than 2 GiB.");
        }

        return this;
    }
}
