using PollScale.Simulation.Incumbents;

namespace PollScale.Simulation.Tests.Incumbents.L3FwdPower;

/// <summary>
/// Runs an <see cref="L3FwdPowerRule"/> through a recorded run. From the recording come the clock (TOP, MANAGE and TIMER_SET), the packets
/// of a poll (RX) and the backlog (CNT); which event comes next, and every other value, is predicted.
/// </summary>
internal sealed class TraceReplay
{
    private const ulong Hz = 1_000_000_000;
    private const uint InterruptWaitMs = 10;
    private readonly Trace _trace;
    private readonly L3FwdPowerRule _rule;
    private readonly bool _timerExpires;
    private int _next;

    private TraceReplay(Trace trace, L3FwdPowerOptions options, int ringSize)
    {
        _trace = trace;
        _timerExpires = options.TimerRace;
        _rule = new L3FwdPowerRule(trace.Queues, Hz, clock: 0, options with { Interrupts = trace.Interrupts }, ringSize);
    }

    /// <summary>Number of events predicted before the first that came otherwise, or the recording's end.</summary>
    public static int Predicted(Trace trace, L3FwdPowerOptions options, int ringSize = 128)
    {
        TraceReplay replay = new(trace, options, ringSize);
        try
        {
            replay.Run();
        }
        catch (MispredictedException)
        {
        }

        return replay._next;
    }

    private void Run()
    {
        ArmTimer();
        while (true)
        {
            if (_rule.OnLoopTop(Take("TOP").Clock))
            {
                ServeTimers();
            }

            while (Pass())
            {
            }
        }
    }

    private void ServeTimers()
    {
        TraceEvent manage = Take("MANAGE");
        bool due = _rule.TimerDue(manage.Clock);
        Check(manage.A == (due ? 1UL : 0));
        if (due)
        {
            if (_rule.OnTimer())
            {
                Take("FREQ_DOWN");
            }

            ArmTimer();
        }
    }

    private void ArmTimer()
    {
        TraceEvent set = Take("TIMER_SET");
        _rule.ArmTimer(set.Clock);
        Check(!_timerExpires || (!_rule.TimerDue(set.A - 1) && _rule.TimerDue(set.A)));
    }

    private bool Pass()
    {
        _rule.BeginPass();
        for (int queue = 0; queue < _trace.Queues; queue++)
        {
            TraceEvent rx = Take("RX", (uint)queue);
            if (_rule.OnReceived(queue, rx.B))
            {
                _rule.OnQueueCount(queue, (int)Take("CNT", (uint)queue).B);
            }
        }

        L3FwdPowerAction action = _rule.EndPass();
        switch (action.Step)
        {
            case L3FwdPowerStep.FrequencyMax:
                Take("FREQ_MAX");
                break;
            case L3FwdPowerStep.FrequencyUp:
                Take("FREQ_UP");
                break;
            case L3FwdPowerStep.Delay:
                Take("DELAY", action.DelayUs);
                break;
            case L3FwdPowerStep.Sleep:
                EachQueue("INTR_ON");
                Take("EPOLL", InterruptWaitMs);
                EachQueue("INTR_OFF");
                break;
            default:
                break;
        }

        return action.SkipsLoopTop;
    }

    private void EachQueue(string name)
    {
        for (int queue = 0; queue < _trace.Queues; queue++)
        {
            Take(name, (uint)queue);
        }
    }

    private TraceEvent Take(string name, ulong? a = null)
    {
        if (_next == _trace.Events.Count)
        {
            throw new MispredictedException();
        }

        TraceEvent next = _trace.Events[_next++];
        Check(next.Name == name && (a ?? next.A) == next.A);
        return next;
    }

    private void Check(bool predicted)
    {
        if (!predicted)
        {
            _next--;
            throw new MispredictedException();
        }
    }

    private sealed class MispredictedException : Exception;
}
