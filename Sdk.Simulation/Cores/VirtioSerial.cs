namespace PollScale.Simulation.Cores;

/// <summary>
/// DPDK's way out of a guest: a message over virtio-serial to a daemon of the host that waits up to 1 ms for messages, takes one of
/// each channel, writes it to sysfs, and then is deaf for 1 ms. Its replies are never read, so every written request counts as granted.
/// </summary>
public sealed record VirtioSerial : IChannel
{
    /// <summary>
    /// Time for which the core writes, default 10 us: an assumption, for nobody published it. DPDK's write to a pseudo-terminal in the
    /// port's place took 13 to 19 us in the median; virtio adds an exit to the host.
    /// </summary>
    public long WriteTime { get; init; } = 10 * SimTime.Microsecond;

    /// <summary>Time of a write that fails because too many messages wait, default 2.8 us, as measured on a pseudo-terminal.</summary>
    public long RefusalTime { get; init; } = 2800 * SimTime.Nanosecond;

    /// <summary>
    /// Write every request that a governor's original makes, also for the P-state that is in force: DPDK's kvm-vm driver keeps no
    /// note of what it asked for last, and l3fwd-power asks for the fastest on every poll that leaves more than 96 packets. Default off.
    /// </summary>
    public bool Repeats { get; init; }

    /// <summary>Busy delay of each turn of the daemon, and its longest wait for a message; default 1 ms.</summary>
    public long TurnTime { get; init; } = SimTime.Millisecond;

    /// <summary>Time for which the daemon writes to sysfs, default 20 us.</summary>
    public long SysfsTime { get; init; } = 20 * SimTime.Microsecond;

    /// <summary>Messages that may wait for the daemon, 1 or more; a write beyond fails. Default 512, about what a socket's buffer holds.</summary>
    public int Capacity { get; init; } = 512;

    /// <inheritdoc/>
    public string Name => FormattableString.Invariant($"virtio-serial({TurnTime / (double)SimTime.Millisecond}ms{(Repeats ? ", repeats" : "")})");

    /// <inheritdoc/>
    public long WorstDelay => TurnTime + SysfsTime;

    /// <inheritdoc/>
    public long CallTime => WriteTime;

    /// <inheritdoc/>
    public bool Replies => false;

    /// <inheritdoc/>
    public bool RequestsWait => true;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A property is out of range.</exception>
    public IChannelSession Open(ulong seed)
    {
        bool valid = WriteTime >= 0 && RefusalTime >= 0 && TurnTime > 0 && SysfsTime >= 0 && Capacity is > 0 and <= 1 << 20;
        return valid
            ? new VirtioSerialSession(this, seed)
            : throw new InvalidOperationException("VirtioSerial needs times of 0 or more, a turn above 0 and a capacity of 1 to 1048576.");
    }
}
