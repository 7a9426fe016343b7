using System.Buffers.Binary;
using PollScale.Clock;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Placement;
using PollScale.Placement;
using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.HostStub.Guest;

/// <summary>
/// Answers a guest process's calls: a SOCK_SEQPACKET pair; request u64 number, i64 argument; reply i64; little-endian.
/// A message of another length is answered as an unknown call.
/// </summary>
// SAFETY: a message is received into one byte more than a request, and read for as many bytes as came.
internal sealed unsafe class HostProcessCalls : IDisposable
{
    private const int RequestBytes = 16;
    private readonly IFrequencyService _service;
    private readonly Action<Exception> _fail;
    private readonly int _fd;
    private HostThread? _thread;

    /// <param name="service">Answers the calls.</param>
    /// <param name="fail">The thread that answers failed; it answers no more.</param>
    public HostProcessCalls(IFrequencyService service, Action<Exception> fail)
    {
        _service = service;
        _fail = fail;
        int* pair = stackalloc int[2];
        if (LibC.socketpair(LibC.AF_UNIX, LibC.SOCK_SEQPACKET | LibC.SOCK_CLOEXEC, 0, pair) < 0)
        {
            Exception inner = Errno.Failure("socketpair");
            throw new GuestSetupException($"Cannot make the guest's call channel: {inner.Message}", inner);
        }

        _fd = pair[0];
        ChildFd = pair[1];
    }

    /// <summary>The guest's end.</summary>
    public int ChildFd { get; private set; }

    /// <summary>Answers from a thread of its own until the guest hangs up. The guest has its end by then.</summary>
    /// <param name="cpu">CPU of that thread; null leaves it where it is.</param>
    /// <param name="scheduling">How it competes there.</param>
    public void Start(int? cpu, SchedulingClass scheduling)
    {
        LibC.close(ChildFd);
        ChildFd = -1;
        _thread = new HostThread("guest calls", () =>
        {
            if (cpu is int number)
            {
                ThreadPlacement.Pin(number);
            }

            ThreadPlacement.TrySchedule(scheduling, ThreadPlacement.CallPriority);
            Serve();
        }, _fail);
        _thread.Start();
    }

    public void Dispose()
    {
        LibC.shutdown(_fd, LibC.SHUT_RDWR);
        _thread?.Join();
        LibC.close(_fd);
        if (ChildFd >= 0)
        {
            LibC.close(ChildFd);
        }
    }

    private void Serve()
    {
        byte* message = stackalloc byte[RequestBytes + 1];
        while (true)
        {
            nint length = LibC.recv(_fd, message, RequestBytes + 1, 0);
            ulong tsc = TscClock.Now;
            if (length < 0 && LibC.errno == LibC.EINTR)
            {
                continue;
            }

            if (length <= 0)
            {
                return;
            }

            long reply = Answer(new ReadOnlySpan<byte>(message, (int)length), tsc).Value;
            BinaryPrimitives.WriteInt64LittleEndian(new Span<byte>(message, sizeof(long)), reply);

            // A guest that piles up replies unread is cut off; waiting for it would hold this thread for good.
            if (LibC.send(_fd, message, sizeof(long), LibC.MSG_NOSIGNAL | LibC.MSG_DONTWAIT) < 0)
            {
                LibC.shutdown(_fd, LibC.SHUT_RDWR);
                return;
            }
        }
    }

    private FrequencyReply Answer(ReadOnlySpan<byte> message, ulong tsc) =>
        message.Length == RequestBytes && FrequencyCall.TryFromNumber(
            BinaryPrimitives.ReadUInt64LittleEndian(message), BinaryPrimitives.ReadInt64LittleEndian(message[sizeof(ulong)..]), out FrequencyCall call)
            ? _service.Answer(0, call, tsc)
            : _service.AnswerUnknown(0, tsc);
}
