using System.Text;
using PollScale.Telemetry;

namespace PollScale.HostStub.Bench.Paths;

/// <summary>Puts the fastest P-state of one pCPU to the burst that it came after. A guest may mark what it likes: it only spoils its own figures.</summary>
/// <param name="cpu">The pCPU.</param>
/// <param name="fastestKHz">From which frequency on its P-state is the fastest.</param>
internal sealed class BurstMeter(int cpu, uint fastestKHz)
{
    // A guest makes as many labels as it likes.
    private const int MostLabels = 1000;

    private readonly List<BurstTimes> _times = [];
    private readonly StringBuilder _label = new();
    private BurstTimes? _present;
    private ulong? _burst;
    private uint _kHz;

    /// <summary>The bursts by label, in the order in which labels came first.</summary>
    public IReadOnlyList<BurstTimes> Times => _times;

    /// <summary>Takes the next event in.</summary>
    public void Take(TraceEvent next)
    {
        if (next.Cpu != cpu)
        {
            return;
        }

        switch (next.Kind)
        {
            case TraceEventKind.Label:
                End();
                if (BurstMark.Append(_label, next.Value))
                {
                    _present = Find(_label.ToString().Trim());
                    _label.Clear();
                }

                break;
            case TraceEventKind.Burst:
                End();
                _present ??= Find("");
                _burst = next.Ticks;
                if (_kHz >= fastestKHz)
                {
                    End();
                }

                break;
            default:
                _kHz = next.Value;
                if (_burst is ulong start && _kHz >= fastestKHz)
                {
                    _present!.Add(next.Ticks - start);
                    _burst = null;
                }

                break;
        }
    }

    /// <summary>Nothing more comes, or the next does: a burst that still waits for its P-state has none.</summary>
    public void End()
    {
        if (_burst is not null)
        {
            _present!.Unanswered++;
            _burst = null;
        }
    }

    private BurstTimes Find(string label)
    {
        BurstTimes? known = _times.Find(times => times.Label == label);
        if (known is null && _times.Count < MostLabels)
        {
            _times.Add(known = new BurstTimes(label));
        }

        return known ?? _times[^1];
    }
}
