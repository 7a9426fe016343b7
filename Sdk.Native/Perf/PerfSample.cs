using System.Buffers.Binary;

namespace PollScale.Native;

/// <summary>A sample with PERF_SAMPLE_TID, _CPU and _RAW: who it was, where it ran, what the tracepoint recorded.</summary>
internal readonly ref struct PerfSample
{
    private const int ThreadField = 4, CpuField = 8, RawSizeField = 16, RawField = 20;

    /// <summary>Thread that the kernel saw, by its id in this process's pid namespace.</summary>
    public int Thread { get; private init; }

    /// <summary>CPU that it ran on.</summary>
    public int Cpu { get; private init; }

    /// <summary>The tracepoint's record.</summary>
    public ReadOnlySpan<byte> Raw { get; private init; }

    /// <summary>Takes a record apart.</summary>
    /// <param name="body">What follows its head.</param>
    /// <param name="sample">The sample.</param>
    /// <returns>False where it is shorter than it says.</returns>
    public static bool TryParse(ReadOnlySpan<byte> body, out PerfSample sample)
    {
        sample = default;
        if (body.Length < RawField)
        {
            return false;
        }

        uint raw = BinaryPrimitives.ReadUInt32LittleEndian(body[RawSizeField..]);
        if (raw > body.Length - RawField)
        {
            return false;
        }

        sample = new PerfSample
        {
            Thread = BinaryPrimitives.ReadInt32LittleEndian(body[ThreadField..]),
            Cpu = BinaryPrimitives.ReadInt32LittleEndian(body[CpuField..]),
            Raw = body.Slice(RawField, (int)raw),
        };
        return true;
    }
}
