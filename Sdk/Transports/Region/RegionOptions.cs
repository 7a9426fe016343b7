namespace PollScale.Transports;

/// <summary>
/// The page that a VM of any VMM shares with its host (docs/hypercall-abi.md, "Region"): an ivshmem-doorbell device, which is mapped through sysfs.
/// The vCPU is the one that runs the thread: pin it first.
/// </summary>
public sealed record RegionOptions : FrequencyTransportOptions
{
    /// <summary>Folder that stands for "/" in the search of the device. The default is "/".</summary>
    public string Root { get; init; } = "/";

    /// <summary>CPU of the lcore, as the guest numbers it; null, the default, takes the one that the thread is pinned to.</summary>
    public int? Cpu { get; init; }

    /// <summary>Longest time an answered call waits, 10 us .. 10 s. The default is 10 ms. Afterwards it is answered <see cref="Hypercall.FrequencyStatus.TimedOut"/>.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Rings by the hypercall instruction where the host observes it (<c>hypercall: observed</c> of its policy) and a probe finds it safe, else by the doorbell;
    /// <see cref="IFrequencyTransport.DoorbellNote"/> says why. The default is false: the doorbell costs no more.
    /// </summary>
    public bool RingByHypercall { get; init; }

    internal void Validate()
    {
        if (Cpu is < 0 or >= 1024)
        {
            throw new ArgumentOutOfRangeException(nameof(Cpu), Cpu, "A CPU is numbered 0 .. 1023.");
        }

        if (AnswerTimeout < TimeSpan.FromMicroseconds(10) || AnswerTimeout > TimeSpan.FromSeconds(10))
        {
            throw new ArgumentOutOfRangeException(nameof(AnswerTimeout), AnswerTimeout, "The answer's time-out is 10 us to 10 s.");
        }
    }
}
