namespace PollScale.Polling;

/// <summary>Backlog of a sample; where the NIC cannot tell, the packets of unbroken full bursts, which suggest one.</summary>
internal struct BacklogReader
{
    private const long Most = int.MaxValue - 1;
    private long _fullBursts;

    /// <summary>Takes in a sample and returns its backlog, 0 .. 2^31 - 2 packets.</summary>
    public int Read(in QueueSample sample)
    {
        if (sample.Backlog >= 0)
        {
            _fullBursts = 0;
            return Math.Min(sample.Backlog, (int)Most);
        }

        _fullBursts = sample.AllFull ? Math.Min(_fullBursts + sample.Received, Most) : 0;
        return (int)_fullBursts;
    }
}
