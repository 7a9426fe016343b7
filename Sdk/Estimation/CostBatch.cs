namespace PollScale.Polling;

/// <summary>Samples of one frequency, taken in together: what they took, and what they had.</summary>
internal struct CostBatch
{
    /// <summary>A batch of one sample.</summary>
    public CostBatch(in QueueSample sample) => Add(sample.PollingTicks, sample.Polls, sample.Received);

    /// <summary>A batch of samples.</summary>
    public CostBatch(double ticks, double polls, double received, int samples) => (Ticks, Polls, Received, Samples) = (ticks, polls, received, samples);

    /// <summary>Ticks of polling and work.</summary>
    public double Ticks { get; private set; }

    /// <summary>Polls.</summary>
    public double Polls { get; private set; }

    /// <summary>Packets received.</summary>
    public double Received { get; private set; }

    /// <summary>Samples.</summary>
    public int Samples { get; private set; }

    /// <summary>Adds a sample.</summary>
    public void Add(double ticks, uint polls, uint received)
    {
        Ticks += ticks;
        Polls += polls;
        Received += received;
        Samples++;
    }
}
