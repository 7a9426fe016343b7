using System.Globalization;
using PollScale.Clock;
using PollScale.GuestChannel;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.HostStub.Daemon.Protocol;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Telemetry;

namespace PollScale.HostStub.Daemon;

/// <summary>One channel while it is served: its stream, what is half received, what is not yet sent. Belongs to the thread of its shard, but for the counters and what says otherwise.</summary>
internal sealed class ServedChannel : IReportedChannel, IWatchedPath, IDisposable
{
    /// <summary>Time that the rest of a begun packet may take, in ms: a guest writes a packet at once, and may be stopped in between by its host.</summary>
    public const int PartialPacketMs = 100;

    // Between two looks at whether descriptors are left; one closed by then ends it.
    private const int AcceptAgainMs = 250;

    // A flood is not worth more of the server's time: at the usual budget 20 requests are due again by then.
    private const int PauseMs = 1;

    private readonly PacketFramer _framer = new();
    private readonly ReplyQueue _replies = new();
    private readonly PacketAnswerer _answerer;
    private ReconnectDelay _delay;
    private Deadline _streamDue = Deadline.Never;
    private volatile ChannelBinding _binding;
    private volatile string? _problem;
    private volatile string? _pathProblem;
    private volatile string? _peerProblem;

    public ServedChannel(ChannelBinding binding, GuestVcpus guest)
    {
        _binding = binding;
        _answerer = new PacketAnswerer(binding, guest);
    }

    /// <summary>What it was set up with; from any thread.</summary>
    public ChannelBinding Binding => _binding;

    /// <summary>The server that serves it; null where none watches its path.</summary>
    public ChannelServer? Server { get; init; }

    /// <inheritdoc/>
    public string GuestName => _binding.GuestName;

    /// <inheritdoc/>
    public int Vcpu => _binding.Vcpu;

    /// <inheritdoc/>
    public int? Pcpu => _binding.Pcpu;

    /// <inheritdoc/>
    public string Part => string.Create(CultureInfo.InvariantCulture, $"vCPU {Vcpu}");

    /// <inheritdoc/>
    public IChannelEndpoint Endpoint => _binding.Endpoint;

    /// <inheritdoc/>
    public string EndpointName => _binding.Endpoint.Name;

    /// <inheritdoc/>
    public IFrequencyService Service => _binding.Service;

    /// <inheritdoc/>
    public bool IsConnected => Stream is not null;

    /// <inheritdoc/>
    public bool TryRenew(Action<string?> done) => Server?.Renew(this, done) == true;

    /// <summary>Takes its service latencies beside its own counters: its shard's.</summary>
    public LatencyHistogram Recorder { get; set; } = null!;

    /// <summary>Its counts.</summary>
    public ChannelCounters Counters { get; } = new();

    /// <summary>The connection; null while there is none.</summary>
    public StreamDescriptor? Stream { get; private set; }

    /// <summary>True once the present connection has brought a byte; from any thread.</summary>
    public bool WasHeard { get; private set; }

    /// <summary>What is wrong: why there is no connection, or why no other can be made; null where waiting is normal. From any thread.</summary>
    public string? Problem => _pathProblem ?? _peerProblem ?? _binding.Trouble?.Invoke() ?? _problem;

    /// <summary>What happened to its path, as who watches it found; null while all is well. From any thread.</summary>
    public string? PathProblem
    {
        get => _pathProblem;
        set => _pathProblem = value;
    }

    /// <summary>What is wrong with who is at the other end; null while nothing is. From any thread.</summary>
    public string? PeerProblem
    {
        get => _peerProblem;
        set => _peerProblem = value;
    }

    /// <summary>True while replies wait for room.</summary>
    public bool WantsRoom => !_replies.IsEmpty;

    /// <summary>True while nothing is read, because the guest has spent its budget: what it sends on waits in its own port.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>True from a spent budget until everything that was sent is read: meanwhile it is read packet by packet, after all others.</summary>
    public bool Floods { get; private set; }

    /// <summary>When something is due without any event.</summary>
    public Deadline Due => Deadline.First(_streamDue, AcceptDue);

    /// <summary>When <see cref="ResumeAccepting"/> is due.</summary>
    public Deadline AcceptDue { get; private set; } = Deadline.Never;

    /// <summary>True while nobody is let in, for want of descriptors.</summary>
    public bool AcceptsPause => AcceptDue != Deadline.Never;

    /// <summary>Makes what must exist before anyone can connect.</summary>
    /// <exception cref="ChannelException">It cannot be made; the message says where it was asked for.</exception>
    public void Prepare()
    {
        try
        {
            Binding.Endpoint.Prepare();
        }
        catch (ChannelException e)
        {
            throw new ChannelException($"{Binding.At}{e.Message}", e);
        }
    }

    /// <summary>Goes on with the same peer under another configuration.</summary>
    public void Rebind(ChannelBinding next, GuestVcpus guest)
    {
        _binding = next with { Endpoint = Binding.Endpoint };
        _answerer.Rebind(next, guest);
    }

    /// <summary>Connects, or takes who waits.</summary>
    /// <returns>True when there is a new connection.</returns>
    public bool TryOpen(long nowMs)
    {
        Stream = Accept(nowMs);
        _streamDue = Stream is null ? UntilNextAttempt(nowMs) : Deadline.Never;
        if (Stream is null)
        {
            return false;
        }

        _framer.Reset();
        _replies.Reset();
        IsPaused = Floods = false;
        WasHeard = false;
        _peerProblem = null;
        Counters.CountConnect();
        return true;
    }

    /// <summary>Turns away a peer while there is another.</summary>
    public void RefusePeer(long nowMs)
    {
        using StreamDescriptor? refused = Accept(nowMs);
        if (refused is not null)
        {
            Counters.CountRefusedPeer();
        }
    }

    /// <summary>Lets peers in again, after a pause for want of descriptors.</summary>
    public void ResumeAccepting() => AcceptDue = Deadline.Never;

    private StreamDescriptor? Accept(long nowMs)
    {
        StreamDescriptor? stream = Binding.Endpoint.TryOpen(out string? problem);
        _problem = problem;
        AcceptDue = stream is null && problem is not null && Binding.Endpoint.Listener is not null ? Deadline.After(nowMs, AcceptAgainMs) : Deadline.Never;
        return stream;
    }

    /// <summary>Takes in and answers up to <see cref="PacketFramer.PacketsPerTurn"/> packets.</summary>
    /// <param name="wokenTsc">TSC when the server woke for them.</param>
    /// <param name="nowMs">Now.</param>
    /// <returns>False when the connection has ended.</returns>
    public bool Serve(ulong wokenTsc, long nowMs)
    {
        // One that floods has its budget packet by packet: between any two, others have their turn.
        Span<byte> free = _framer.Free();
        free = Floods && free.Length > GuestChannelAbi.PacketBytes ? free[..GuestChannelAbi.PacketBytes] : free;
        int read = Stream!.Read(free);
        if (read is 0 or (< 0 and not -LibC.EAGAIN))
        {
            return false;
        }

        int answered = 0;
        Floods &= read == free.Length;
        if (read > 0)
        {
            _delay.Reset();
            WasHeard = true;
            _framer.Advance(read);
            while (_framer.TryNext(out ReadOnlySpan<byte> packet))
            {
                int length = _answerer.Answer(packet, _replies.Next(), TscClock.Now, out AnswerKind kind);
                Counters.Count(kind);
                IsPaused |= _answerer.WasThrottled;
                answered++;
                if (length > 0)
                {
                    _replies.Commit(length);
                }
                else if ((ChannelCommand)PacketHead.Read(packet).Command == ChannelCommand.Connect)
                {
                    ForgetReplies();
                }
            }
        }

        Floods |= IsPaused;
        _streamDue = IsPaused ? Deadline.After(nowMs, PauseMs) : UntilTorn(nowMs);
        bool alive = Flush();
        Counters.Publish(_framer, _replies);
        if (answered > 0)
        {
            ulong ns = TscClock.ToNanoseconds(TscClock.Now - wokenTsc);
            for (int i = 0; i < answered; i++)
            {
                Counters.Latency.Record(ns, Recorder);
            }
        }

        return alive;
    }

    // A new program of the guest must not take its predecessor's replies for its own.
    private void ForgetReplies()
    {
        if (Binding.Endpoint.Reopened())
        {
            _replies.Reset();
        }
        else
        {
            _replies.ForgetUnsent();
        }
    }

    /// <summary>Sends what there is room for.</summary>
    /// <returns>False when the connection has ended.</returns>
    public bool Flush()
    {
        while (!_replies.IsEmpty)
        {
            int written = Stream!.Write(_replies.Unsent);
            if (written <= 0)
            {
                return written is 0 or -LibC.EAGAIN;
            }

            _replies.Sent(written);
        }

        return true;
    }

    /// <summary>Does what is due: reads again after a pause, or gives up a torn packet.</summary>
    public void TimeOut(long nowMs)
    {
        if (IsPaused)
        {
            IsPaused = false;
            _streamDue = UntilTorn(nowMs);
            return;
        }

        _streamDue = Deadline.Never;
        if (_framer.TimeOut())
        {
            Counters.CountTorn();
        }

        Counters.Publish(_framer, _replies);
    }

    /// <summary>Ends the connection; the next attempt is due later.</summary>
    public void Close(long nowMs)
    {
        if (Stream is not null)
        {
            Stream.Dispose();
            Stream = null;
            _peerProblem = null;
            Binding.Left?.Invoke();
        }

        _problem = Binding.Endpoint.Listener is null ? "the other end has closed; connecting again." : null;
        _streamDue = UntilNextAttempt(nowMs);
    }

    // Where a peer connects, its coming is an event.
    private Deadline UntilNextAttempt(long nowMs) => Binding.Endpoint.Listener is null ? Deadline.After(nowMs, _delay.Next()) : Deadline.Never;

    private Deadline UntilTorn(long nowMs) => _framer.IsWaiting ? Deadline.After(nowMs, PartialPacketMs) : Deadline.Never;

    /// <inheritdoc/>
    public void Dispose()
    {
        Stream?.Dispose();
        Stream = null;
        Binding.Endpoint.Dispose();
    }
}
