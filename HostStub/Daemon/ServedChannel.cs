using PollScale.Clock;
using PollScale.GuestChannel;
using PollScale.HostStub.Daemon.Protocol;
using PollScale.Native;

namespace PollScale.HostStub.Daemon;

/// <summary>One channel while it is served: its stream, what is half received, what is not yet sent. Belongs to the server's thread, but for the counters.</summary>
internal sealed class ServedChannel : IDisposable
{
    /// <summary>Time that the rest of a begun packet may take, in ms: a guest writes a packet at once, and may be stopped in between by its host.</summary>
    public const int PartialPacketMs = 100;

    // A flood is not worth more of the server's time: at the usual budget 20 requests are due again by then.
    private const int PauseMs = 1;

    private readonly PacketFramer _framer = new();
    private readonly ReplyQueue _replies = new();
    private readonly PacketAnswerer _answerer;
    private readonly LatencyHistogram _all;
    private ReconnectDelay _delay;

    public ServedChannel(ChannelBinding binding, GuestVcpus guest, LatencyHistogram all)
    {
        Binding = binding;
        _answerer = new PacketAnswerer(binding, guest);
        _all = all;
    }

    /// <summary>What it was set up with.</summary>
    public ChannelBinding Binding { get; private set; }

    /// <summary>Its counts.</summary>
    public ChannelCounters Counters { get; } = new();

    /// <summary>The connection; null while there is none.</summary>
    public StreamDescriptor? Stream { get; private set; }

    /// <summary>Why there is no connection; null while there is one, or where waiting is normal.</summary>
    public string? Problem { get; private set; }

    /// <summary>True while replies wait for room.</summary>
    public bool WantsRoom => !_replies.IsEmpty;

    /// <summary>True while nothing is read, because the guest has spent its budget: what it sends on waits in its own port.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>When something is due without any event.</summary>
    public Deadline Due { get; private set; } = Deadline.Never;

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
        Binding = next with { Endpoint = Binding.Endpoint };
        _answerer.Rebind(next, guest);
    }

    /// <summary>Connects, or takes who waits.</summary>
    /// <returns>True when there is a new connection.</returns>
    public bool TryOpen(long nowMs)
    {
        Stream = Binding.Endpoint.TryOpen(out string? problem);
        Problem = problem;
        Due = Stream is null ? UntilNextAttempt(nowMs) : Deadline.Never;
        if (Stream is null)
        {
            return false;
        }

        _framer.Reset();
        _replies.Reset();
        IsPaused = false;
        Counters.CountConnect();
        return true;
    }

    /// <summary>Turns away a peer while there is another.</summary>
    public void RefusePeer()
    {
        using StreamDescriptor? refused = Binding.Endpoint.TryOpen(out _);
        if (refused is not null)
        {
            Counters.CountRefusedPeer();
        }
    }

    /// <summary>Takes in and answers up to <see cref="PacketFramer.PacketsPerTurn"/> packets.</summary>
    /// <param name="wokenTsc">TSC when the server woke for them.</param>
    /// <param name="nowMs">Now.</param>
    /// <returns>False when the connection has ended.</returns>
    public bool Serve(ulong wokenTsc, long nowMs)
    {
        int read = Stream!.Read(_framer.Free());
        if (read is 0 or (< 0 and not -LibC.EAGAIN))
        {
            return false;
        }

        int answered = 0;
        if (read > 0)
        {
            _delay.Reset();
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

        Due = IsPaused ? Deadline.After(nowMs, PauseMs) : UntilTorn(nowMs);
        bool alive = Flush();
        Counters.Publish(_framer, _replies);
        if (answered > 0)
        {
            ulong ns = TscClock.ToNanoseconds(TscClock.Now - wokenTsc);
            for (int i = 0; i < answered; i++)
            {
                Counters.Latency.Record(ns);
                _all.Record(ns);
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
            Due = UntilTorn(nowMs);
            return;
        }

        Due = Deadline.Never;
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
            Binding.Left?.Invoke();
        }

        Problem = Binding.Endpoint.Listener is null ? "the other end has closed; connecting again." : null;
        Due = UntilNextAttempt(nowMs);
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
