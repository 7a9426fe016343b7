using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace PollScale.Benchmarks;

/// <summary>Simulated packets per CPU second, in millions.</summary>
internal sealed class PacketRateColumn : IColumn
{
    public string Id => nameof(PacketRateColumn);

    public string ColumnName => "Mpackets/CPU s";

    public string Legend => "Simulated packets per CPU second, in millions, of the fastest invocation";

    public bool AlwaysShow => false;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public bool IsAvailable(Summary summary) => summary.BenchmarksCases.Any(one => one.Descriptor.Type == typeof(SimulatorBenchmarks));

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        object? load = benchmarkCase.Parameters[nameof(SimulatorBenchmarks.Load)], traffic = benchmarkCase.Parameters[nameof(SimulatorBenchmarks.Traffic)];
        double? rate = load is double share && traffic is string name ? 1 / CpuTime.Seconds(SimulatorBenchmarks.Case(benchmarkCase.Descriptor.WorkloadMethod.Name, name, share)) : null;
        return rate is double known ? (known / 1e6).ToString("0.0", CultureInfo.InvariantCulture) : "-";
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);
}
