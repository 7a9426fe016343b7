using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace PollScale.Benchmarks;

/// <summary>CPU time of a decision, in ns.</summary>
internal sealed class DecisionCostColumn : IColumn
{
    public string Id => nameof(DecisionCostColumn);

    public string ColumnName => "CPU ns";

    public string Legend => "CPU time of a decision, in ns, of the fastest invocation";

    public bool AlwaysShow => false;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public bool IsAvailable(Summary summary) => summary.BenchmarksCases.Any(one => one.Descriptor.Type == typeof(DecisionBenchmarks));

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        object? governor = benchmarkCase.Parameters[nameof(DecisionBenchmarks.Governor)], traffic = benchmarkCase.Parameters[nameof(DecisionBenchmarks.Traffic)], actuator = benchmarkCase.Parameters[nameof(DecisionBenchmarks.Actuator)];
        double? seconds = governor is string rule && traffic is string name && actuator is string delay ? CpuTime.Seconds(DecisionBenchmarks.Case(rule, name, delay)) : null;
        return seconds is double known ? (known * 1e9).ToString("0", CultureInfo.InvariantCulture) : "-";
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);
}
