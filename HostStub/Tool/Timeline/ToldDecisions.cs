using PollScale.Governors;
using PollScale.Telemetry;

namespace PollScale.HostStub.Timeline;

/// <summary>Reads what a guest tells of its scaler's decisions while it writes, and leaves out what cannot be true: a claim explains a change, it never makes one.</summary>
/// <param name="log">The guest's log.</param>
/// <param name="ringSize">Descriptors of the rx ring, as the host made it.</param>
/// <param name="pStates">How many P-states there are.</param>
/// <param name="clock">TSC now.</param>
internal sealed class ToldDecisions(DecisionLog log, int ringSize, int pStates, Func<ulong> clock)
{
    private const double FastestRate = 1e12;
    private ulong _read;

    /// <summary>Decisions that the guest overwrote before they were read.</summary>
    public ulong Missed { get; private set; }

    /// <summary>Decisions left out because they cannot be true.</summary>
    public ulong Impossible { get; private set; }

    /// <summary>Adds the decisions that are new to <paramref name="decisions"/>, oldest first.</summary>
    /// <param name="decisions">Where they go.</param>
    /// <param name="from">TSC before which nothing was decided.</param>
    public void Read(List<DecisionRecord> decisions, ulong from)
    {
        ulong written = log.Written, to = clock(); // in this order: what is there by now was decided by now
        if (written < _read)
        {
            Impossible++;
            _read = written; // it began anew, or lies
        }

        ulong first = written - _read > DecisionLog.Slots ? written - DecisionLog.Slots : _read;
        Missed += first - _read;
        double peak = log.PeakPacketsPerSecond;
        for (ulong number = first; number < written; number++)
        {
            if (!log.TryRead(number, out DecisionWords words))
            {
                Missed++;
                continue;
            }

            DecisionRecord told = DecisionCodes.Unpack(number, words, ringSize, peak is > 0 and < FastestRate ? peak : 0);
            if (IsPossible(told, from, to))
            {
                decisions.Add(told);
            }
            else
            {
                Impossible++;
            }
        }

        _read = written;
    }

    private bool IsPossible(in DecisionRecord told, ulong from, ulong to) =>
        told.Ticks >= from && told.Ticks <= to
        && told.Backlog >= -1 && told.Backlog <= ringSize
        && told.ArrivalsPerSecond is >= 0 and < FastestRate
        && told.Before < pStates && told.After < pStates && told.Wanted < pStates
        && Enum.IsDefined(told.Cause) && Enum.IsDefined(told.Reason) && Enum.IsDefined(told.Status);
}
