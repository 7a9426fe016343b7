using PollScale.Hypercall;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Running;
using PollScale.Transports;

namespace PollScale.Simulation.Tests.Running;

/// <summary>A host and a clock as a trace has them: a tick a nanosecond; each call takes what the trace says and ends as it says.</summary>
internal sealed class ScriptedHost(PStateTable pStates, IReadOnlyList<CallResult> script) : IFrequencyTransport
{
    // A scaler reads the clock three times before its first sample begins: the first P-state has settled when it does.
    private int _early = 3;
    private bool _started;

    public string Doorbell => "scripted";

    public PStateTable PStates => pStates;

    public bool ControlGranted => true;

    public bool Emulated => false;

    public uint StretchQ16 => StatusPageLayout.StretchOne;

    /// <summary>Time of the simulator that the clock stands for, ps.</summary>
    public long Now { get; set; }

    /// <summary>Times and P-states of the calls.</summary>
    public List<(long Time, long PState, bool Granted)> Calls { get; } = [];

    public ulong Ticks() => _early-- > 0 ? 0 : SimTime.ToTicks(Now) + pStates.TransitionLatencyNs;

    public FrequencyReply Call(FrequencyCall call)
    {
        if (call.Op != FrequencyOp.SetPState || !_started)
        {
            _started |= call.Op == FrequencyOp.SetPState;
            return new FrequencyReply(0L);
        }

        CallResult result = script[Calls.Count % script.Count];
        Calls.Add((Now, call.Argument, result.Granted));
        Now += result.Stall;
        return SimulatedScaler.Reply(result, (int)call.Argument);
    }

    public void Dispose()
    {
    }
}
