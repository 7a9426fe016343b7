using BenchmarkDotNet.Attributes;
using PollScale.Clock;
using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;
using PollScale.Transports;

namespace PollScale.Benchmarks;

/// <summary>The parts of a decision; the goal for a governor is 50 ns and no allocation.</summary>
public class PartBenchmarks
{
    private readonly DrainTimeGovernor _governor = new(BenchmarkHost.Context);
    private static readonly LoopbackTransport s_transport = new(BenchmarkHost.PStates);
    private readonly QueueSample[] _samples = [.. Enumerable.Range(0, 64).Select(i => BenchmarkHost.Sample(i * 4))];
    private int _next;

    [Benchmark(Description = "DrainTimeGovernor.Decide")]
    public ScalingDecision Decide() => _governor.Decide(_samples[_next++ & 63]);

    [Benchmark(Description = "TscClock.Now")]
    public ulong Now() => TscClock.Now;

    [Benchmark(Description = "LoopbackTransport.Call")]
    public FrequencyReply Call() => s_transport.Call(new FrequencyCall(FrequencyOp.SetPState, _next++ & 15));
}
