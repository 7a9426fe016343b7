using PollScale.Polling;

namespace PollScale.Governors;

/// <summary>
/// Counts what has arrived: what was received, and what waits. A backlog that no NIC told calls for speed but is no arrival, and what
/// arrived while the clock leapt did so in no known time.
/// </summary>
internal struct ArrivalCount
{
    private readonly double _mostGuessed;
    private BacklogReader _reader;
    private double _unattributed;

    /// <param name="mostGuessed">Packets that may be taken to wait where the NIC cannot tell.</param>
    public ArrivalCount(double mostGuessed) => _mostGuessed = mostGuessed;

    /// <summary>Packets received.</summary>
    public double Served { get; private set; }

    /// <summary>Packets waiting, guessed ones included.</summary>
    public double Backlog { get; private set; }

    /// <summary>Packets received or waiting, guessed ones included.</summary>
    public double Arrived { get; private set; }

    /// <summary>Packets received or known to wait.</summary>
    public double Known { get; private set; }

    /// <summary>Packets known to have arrived since the sample before, 0 or more.</summary>
    public double Latest { get; private set; }

    /// <summary>The known ones that arrived in a known time.</summary>
    public readonly double Timed => Known - _unattributed;

    /// <summary>Takes in a sample.</summary>
    public void Observe(in QueueSample sample)
    {
        bool unknown = sample.Backlog < 0;
        Served += sample.Received;
        Backlog = Math.Min(_reader.Read(sample), unknown ? _mostGuessed : double.MaxValue);
        Arrived = Served + Backlog;
        double guessed = unknown ? Backlog : Math.Clamp(sample.GuessedBacklog, 0, Backlog);
        double before = Known;
        Known = Arrived - guessed;
        Latest = Math.Max(0, Known - before);
        if (sample.ClockLeapt)
        {
            _unattributed += Known - before;
        }
    }
}
