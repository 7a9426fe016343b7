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
        double before = Known;
        Served += sample.Received;
        Backlog = _reader.Read(sample);
        Arrived = Known = Served + Backlog;
        if (sample.Backlog < 0 || sample.GuessedBacklog > 0)
        {
            Guess(sample);
        }

        double latest = Known - before;
        Latest = latest > 0 ? latest : 0;
        if (sample.ClockLeapt)
        {
            _unattributed += Known - before;
        }
    }

    private void Guess(in QueueSample sample)
    {
        bool unknown = sample.Backlog < 0;
        Backlog = Math.Min(Backlog, unknown ? _mostGuessed : double.MaxValue);
        Arrived = Served + Backlog;
        Known = Arrived - (unknown ? Backlog : Math.Min(sample.GuessedBacklog, Backlog));
    }
}
