namespace PollScale.Polling;

/// <summary>Backlog of a sample; where the NIC cannot tell, the packets of unbroken full bursts, which suggest one.</summary>
internal struct BacklogReader
{
    private const long Most = int.MaxValue - 1;
    private long _fullBursts;

    /// <summary>Takes in a sample and returns its backlog, 0 .. 2^31 - 2 packets.</summary>
    public int Read(in QueueSample sample)
    {
        bool full = sample.Backlog < 0 && sample.AllFull;
        _fullBursts = full ? Math.Min(_fullBursts + sample.Received, Most) : 0;
        return sample.Backlog < 0 ? (int)_fullBursts : (int)Math.Min(sample.Backlog, Most);
    }
}
