using BenchmarkDotNet.Attributes;

namespace PollScale.Benchmarks;

/// <summary>What one poll costs: the goal for <see cref="LcoreScaler.Observe(int, int)"/> is 2 ns and no allocation.</summary>
public class ScalerBenchmarks
{
    private const int Polls = 10_000;
    private LcoreScaler _scaler = null!;

    [GlobalSetup]
    public void Setup()
    {
        _scaler = BenchmarkHost.MakeScaler();

        // Lets the scaler learn what an empty poll costs in this loop.
        for (int i = 0; i < 1_000_000; i++)
        {
            _scaler.Observe(0, 0);
        }
    }

    [GlobalCleanup]
    public void Cleanup() => _scaler.Dispose();

    [Benchmark(OperationsPerInvoke = Polls, Description = "Observe, empty polls")]
    public void ObserveEmpty()
    {
        LcoreScaler scaler = _scaler;
        for (int i = 0; i < Polls; i++)
        {
            scaler.Observe(0, 0);
        }
    }

    [Benchmark(OperationsPerInvoke = Polls, Description = "Observe, bursts of 8")]
    public void ObserveBursts()
    {
        LcoreScaler scaler = _scaler;
        for (int i = 0; i < Polls; i++)
        {
            scaler.Observe(8, 0);
        }
    }

    [Benchmark(Description = "Decision (slow path)")]
    public void Decide() => _scaler.Decide(0);
}
