using System.ComponentModel;
using Microsoft.Extensions.Logging;
using PollScale.HostStub.Channels.Acpi.Reader;
using PollScale.HostStub.Daemon;
using PollScale.Native;
using PollScale.Placement;

namespace PollScale.HostStub.Channels.Acpi;

/// <summary>
/// Keeps the reader process while there are debug ports: starts it, tells it which, starts it again when it has ended. On a thread of its own, which may
/// wait for the process; nothing waits for it.
/// </summary>
/// <param name="program">The reader.</param>
/// <param name="memory">Memory of both; goes on when a reader does not.</param>
/// <param name="log">Told what the operator should know.</param>
/// <param name="failed">Takes what ended the thread, should anything.</param>
internal sealed class ReaderKeeper(ReaderProgram program, ReaderMemory memory, ILogger log, Action<Exception> failed) : IDisposable
{
    private const int ControlKey = 0, WakeKey = 1, RoomMs = 100;
    private static readonly TimeSpan s_end = TimeSpan.FromSeconds(1), s_settled = TimeSpan.FromSeconds(10);

    private readonly WakeEvent _wake = new();
    private readonly Lock _gate = new();
    private readonly HashSet<AcpiChannel> _wanted = [];
    private readonly List<AcpiChannel> _gone = [];
    private HostThread? _thread;
    private volatile int _pid;
    private volatile bool _stop;

    /// <summary>The reader process; 0 for none. From any thread.</summary>
    public int Pid => _pid;

    /// <summary>Begins to keep it.</summary>
    public void Start()
    {
        _thread = new HostThread("debugcon", Keep, failed);
        _thread.Start();
    }

    /// <summary>Has a debug port drained from now on.</summary>
    public void Add(AcpiChannel channel)
    {
        lock (_gate)
        {
            _wanted.Add(channel);
        }

        _wake.Set();
    }

    /// <summary>Has it drained no longer, and disposes it then.</summary>
    public void Remove(AcpiChannel channel)
    {
        lock (_gate)
        {
            _wanted.Remove(channel);
            _gone.Add(channel);
        }

        _wake.Set();
    }

    /// <summary>Ends the reader and the thread.</summary>
    /// <returns>False when it took longer than <paramref name="patience"/>.</returns>
    public bool Stop(TimeSpan patience)
    {
        _stop = true;
        _wake.Set();
        return _thread?.Join(patience) != false;
    }

    /// <inheritdoc/>
    public void Dispose() => _wake.Dispose();

    private void Keep()
    {
        ReconnectDelay delay = default;
        while (!_stop)
        {
            long begun = Deadline.Now;
            try
            {
                if (IsWanted() && Serve() is string how && !_stop)
                {
                    AcpiLog.ReaderEnded(log, how);
                }
            }
            catch (Win32Exception e)
            {
                AcpiLog.ReaderUnstarted(log, $"{e.Message} Is it still where this program was started from, and are there processes left (ulimit -u, TasksMax=)?");
            }

            if (Deadline.Now - begun > s_settled.TotalMilliseconds)
            {
                delay.Reset();
            }

            if (_stop)
            {
                return; // the last report shows what there was
            }

            MarkUnknown();
            Wait(IsWanted() ? delay.Next() : -1);
        }
    }

    // Null where nothing is left to drain, else what the reader ended with.
    private string? Serve()
    {
        (StreamDescriptor ours, StreamDescriptor theirs) = StreamDescriptor.PacketPair();
        ChildProgram? child = null;
        using EventPoll poll = new(2);
        try
        {
            child = ChildProgram.Start(program.Path, program.Arguments, [theirs.Fd, memory.Descriptor.Fd]);
            theirs.Dispose();
            _pid = child.Pid;
            poll.Add(ours, ControlKey);
            poll.Add(_wake.Descriptor, WakeKey);
            HashSet<AcpiChannel> told = [];
            while (!_stop && Tell(ours, told))
            {
                if (told.Count == 0 && !IsWanted())
                {
                    return null;
                }

                int ready = poll.Wait(-1);
                for (int i = 0; i < ready; i++)
                {
                    if (poll.Key(i) == ControlKey)
                    {
                        return EndOf(child, ours); // it says nothing: this is its end
                    }

                    _wake.Clear();
                }
            }

            return EndOf(child, ours);
        }
        finally
        {
            theirs.Dispose();
            ours.Dispose();
            child?.End(s_end);
            _pid = 0;
        }
    }

    private static string EndOf(ChildProgram child, StreamDescriptor control)
    {
        control.Dispose(); // at which it ends, if it has not
        return child.End(s_end);
    }

    // False when the reader is gone.
    private bool Tell(StreamDescriptor control, HashSet<AcpiChannel> told)
    {
        AcpiChannel[] gone, fresh;
        lock (_gate)
        {
            gone = [.. _gone];
            _gone.Clear();
            fresh = [.. _wanted.Where(channel => !told.Contains(channel))];
        }

        bool alive = true;
        foreach (AcpiChannel channel in gone)
        {
            alive = alive && (!told.Remove(channel) || Send(control, new ReaderCommand(channel.Slot, null), []));
            channel.Dispose();
        }

        foreach (AcpiChannel channel in fresh)
        {
            alive = alive && Send(control, new ReaderCommand(channel.Slot, channel.Binding.Path), [channel.Descriptor.Fd]);
            told.Add(channel);
        }

        return alive;
    }

    // A reader that starts takes its time, and a socket holds some hundred packets.
    private bool Send(StreamDescriptor control, ReaderCommand command, ReadOnlySpan<int> descriptors)
    {
        Span<byte> packet = stackalloc byte[ReaderCommand.MostBytes];
        int length = command.Write(packet), sent;
        while ((sent = PassedDescriptors.Send(control.Fd, packet[..length], descriptors)) is -LibC.EAGAIN or -LibC.ETOOMANYREFS && !_stop)
        {
            if (sent == -LibC.EAGAIN)
            {
                control.WaitWritable(RoomMs);
            }
            else
            {
                Thread.Sleep(1);
            }
        }

        return sent == length;
    }

    private bool IsWanted()
    {
        lock (_gate)
        {
            return _wanted.Count > 0;
        }
    }

    // Nobody knows any more who is there; wishes stay until somebody does.
    private void MarkUnknown()
    {
        lock (_gate)
        {
            _gone.ForEach(channel => channel.Dispose());
            _gone.Clear();
            foreach (AcpiChannel channel in _wanted)
            {
                memory.SetState(channel.Slot, SlotState.Unknown);
            }
        }
    }

    private void Wait(int milliseconds)
    {
        if (!_stop)
        {
            _wake.Descriptor.WaitReadable(milliseconds);
            _wake.Clear();
        }
    }
}
