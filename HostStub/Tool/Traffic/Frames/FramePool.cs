using System.Runtime.CompilerServices;
using PollScale.Randomness;
using PollScale.Telemetry;

namespace PollScale.HostStub.Traffic.Frames;

/// <summary>Prebuilt UDP frames, sent in turn; a fraction is replaced by malformed frames, each cause in turn.</summary>
internal sealed class FramePool : IFrameSource
{
    /// <summary>Good frames of the pool.</summary>
    public const int DefaultTemplates = 4096;

    private const int VariantsOfCause = 16;
    private readonly FrameStore _store = new();
    private readonly FrameRef[] _good;
    private readonly FrameRef[] _malformed;
    private readonly double _malformedFraction;
    private double _due;
    private int _nextGood;
    private int _nextMalformed;

    /// <param name="sizes">Lengths of the good frames.</param>
    /// <param name="malformedFraction">0 .. 1 of all frames.</param>
    /// <param name="seed">The same seed gives the same frames.</param>
    /// <param name="templates">Good frames to build; rounded up so that every length is used equally often.</param>
    public FramePool(FrameSizes sizes, double malformedFraction, ulong seed, int templates = DefaultTemplates)
    {
        if (!(malformedFraction is >= 0 and <= 1))
        {
            throw new TrafficFormatException($"A malformed fraction of {malformedFraction} is not valid: give 0..1; 0.01 spoils one frame in a hundred.");
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(templates);
        _malformedFraction = malformedFraction;
        SplitMix64 random = new(seed);
        byte[] frame = new byte[sizes.Lengths.Max()];
        int cycles = (templates + sizes.Lengths.Count - 1) / sizes.Lengths.Count;
        _good = new FrameRef[cycles * sizes.Lengths.Count];
        for (int i = 0; i < _good.Length; i++)
        {
            Span<byte> good = frame.AsSpan(0, sizes.Lengths[i % sizes.Lengths.Count]);
            FrameBuilder.BuildUdp(good, ref random);
            _good[i] = _store.Add(good);
        }

        _malformed = new FrameRef[VariantsOfCause * MalformedCauses.Length];
        for (int i = 0; i < _malformed.Length; i++)
        {
            DropCause cause = MalformedCauses[i % MalformedCauses.Length];
            Span<byte> bad = frame.AsSpan(0, FrameBuilder.MinLength);
            FrameBuilder.BuildUdp(bad, ref random);
            _malformed[i] = _store.Add(bad[..FrameBuilder.Spoil(bad, cause, i / MalformedCauses.Length)], cause);
        }
    }

    /// <summary>The causes of malformed frames, in the order they are sent.</summary>
    public static ReadOnlySpan<DropCause> MalformedCauses =>
    [
        DropCause.BadChecksum, DropCause.TtlExpired, DropCause.NotIpv4, DropCause.Truncated,
        DropCause.BadVersion, DropCause.BadHeaderLength, DropCause.BadTotalLength,
    ];

    public int MaxLength => _store.MaxLength;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public FrameRef Next()
    {
        _due += _malformedFraction;
        if (_due >= 1)
        {
            _due -= 1;
            int malformed = _nextMalformed;
            _nextMalformed = malformed + 1 == _malformed.Length ? 0 : malformed + 1;
            return _malformed[malformed];
        }

        int good = _nextGood;
        _nextGood = good + 1 == _good.Length ? 0 : good + 1;
        return _good[good];
    }

    public void Dispose() => _store.Dispose();
}
