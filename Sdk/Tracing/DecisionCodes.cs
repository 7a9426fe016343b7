using PollScale.Hypercall;
using PollScale.Telemetry;

namespace PollScale.Governors;

/// <summary>A decision's record in the four words in which traces and telemetry blocks keep it.</summary>
internal static class DecisionCodes
{
    /// <summary>The words of a record. Its number, and what all of a trace have in common, are not in them.</summary>
    public static DecisionWords Pack(in DecisionRecord record) => new(
        (long)record.Ticks,
        BitConverter.DoubleToInt64Bits(record.ArrivalsPerSecond),
        (long)record.Status << 32 | (uint)record.Backlog,
        (byte)record.Before
            | ((long)(byte)record.After << 8)
            | ((long)(byte)record.Wanted << 16)
            | ((long)record.Cause << 24)
            | ((long)record.Reason << 32)
            | (record.Called ? 1L << 40 : 0)
            | (record.Posted ? 1L << 41 : 0));

    /// <summary>The record of some words, whoever wrote them: nothing is checked.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="words">The words.</param>
    /// <param name="ringSize">Descriptors of the ring that the governor plans with.</param>
    /// <param name="peakPacketsPerSecond">Stated highest arrival rate; 0 for none.</param>
    public static DecisionRecord Unpack(ulong number, in DecisionWords words, int ringSize, double peakPacketsPerSecond) => new()
    {
        Number = number,
        Ticks = (ulong)words.Ticks,
        ArrivalsPerSecond = BitConverter.Int64BitsToDouble(words.Rate),
        Backlog = (int)words.Backlog,
        Status = (FrequencyStatus)(int)(words.Backlog >> 32),
        Before = (byte)words.Codes,
        After = (byte)(words.Codes >> 8),
        Wanted = (byte)(words.Codes >> 16),
        Cause = (DecisionCause)(byte)(words.Codes >> 24),
        Reason = (DecisionReason)(byte)(words.Codes >> 32),
        Called = (words.Codes >> 40 & 1) != 0,
        Posted = (words.Codes >> 41 & 1) != 0,
        RingSize = ringSize,
        PeakPacketsPerSecond = peakPacketsPerSecond,
    };
}
