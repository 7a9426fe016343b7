using PollScale.HostStub.Machine;
using PollScale.Placement;
using PollScale.Native;

namespace PollScale.HostStub.Guest;

/// <summary>Collects what a guest process prints, stdout and stderr alike: lines as they come, and the last 64 KiB.</summary>
// SAFETY: the kernel fills at most the chunk's size, and as much as it says is read.
internal sealed unsafe class HostProcessOutput : IDisposable
{
    private const int PollMs = 50;
    private readonly GuestConsole _console;
    private readonly Action<Exception> _fail;
    private readonly int _fd;
    private HostThread? _thread;
    private volatile bool _ended;

    /// <param name="onLine">Takes each line.</param>
    /// <param name="fail">The thread that reads failed; the rest is lost.</param>
    public HostProcessOutput(Action<string>? onLine, Action<Exception> fail)
    {
        _fail = fail;
        _console = new GuestConsole(onLine);
        int* pipe = stackalloc int[2];
        if (LibC.pipe2(pipe, LibC.O_CLOEXEC) < 0)
        {
            Exception inner = Errno.Failure("pipe2");
            throw new GuestSetupException($"Cannot make the guest's output pipe: {inner.Message}", inner);
        }

        _fd = pipe[0];
        ChildFd = pipe[1];
    }

    /// <summary>The guest's end.</summary>
    public int ChildFd { get; private set; }

    /// <summary>Reads from a thread of its own. The guest has its end by then.</summary>
    public void Start()
    {
        LibC.close(ChildFd);
        ChildFd = -1;
        _thread = new HostThread("guest output", Read, _fail);
        _thread.Start();
    }

    /// <summary>Call once the guest ended: reads what is left.</summary>
    /// <returns>The last 64 KiB printed.</returns>
    public string Finish(TimeSpan grace)
    {
        _ended = true; // a grandchild may hold the pipe open for ever
        _thread?.Join(grace);
        _console.Flush();
        return _console.ToString();
    }

    public void Dispose()
    {
        _ended = true;
        _thread?.Join();
        LibC.close(_fd);
        if (ChildFd >= 0)
        {
            LibC.close(ChildFd);
        }
    }

    private void Read()
    {
        const int Chunk = 4096;
        byte* chunk = stackalloc byte[Chunk];
        while (true)
        {
            bool ended = _ended;
            pollfd poll = new() { fd = _fd, events = LibC.POLLIN };
            int ready = LibC.poll(&poll, 1, ended ? 0 : PollMs);
            if (ready == 0 && ended)
            {
                return;
            }

            if (ready > 0)
            {
                nint length = LibC.read(_fd, chunk, Chunk);
                if (length == 0)
                {
                    return;
                }

                _console.Write(new ReadOnlySpan<byte>(chunk, (int)Math.Max(length, 0)));
            }
        }
    }
}
