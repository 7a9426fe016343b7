using System.ComponentModel;
using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.Transports;

/// <summary>
/// Calls over a SOCK_SEQPACKET socket, for an application that runs as a plain process beside its host stub: 16 bytes of request
/// (u64 number, i64 argument), 8 bytes of reply (i64), little-endian.
/// </summary>
// SAFETY: requests and replies lie on the stack and are given with their size.
internal sealed unsafe class SocketTransport : IFrequencyTransport
{
    private const int RequestBytes = 16;
    private const int ReplyBytes = 8;
    private const long TimeoutMicroseconds = 200_000;
    private readonly MappedStatusPage? _statusPage;
    private int _socket;

    /// <summary>Takes over an inherited socket, and reads the P-states through it.</summary>
    /// <param name="socketFd">Connected SOCK_SEQPACKET descriptor; closed on disposal, and when this constructor fails.</param>
    /// <param name="statusPageFd">Descriptor of a 4096-byte status page, which says that P-states are emulated; -1 for none. Closed in any case.</param>
    /// <exception cref="FrequencyControlUnavailableException">The descriptors are unusable, or the host does not answer.</exception>
    public SocketTransport(int socketFd, int statusPageFd = -1)
    {
        _socket = socketFd;
        try
        {
            timeval timeout = new() { tv_usec = TimeoutMicroseconds };
            if (LibC.setsockopt(socketFd, LibC.SOL_SOCKET, LibC.SO_RCVTIMEO, &timeout, (uint)sizeof(timeval)) != 0
                || LibC.setsockopt(socketFd, LibC.SOL_SOCKET, LibC.SO_SNDTIMEO, &timeout, (uint)sizeof(timeval)) != 0)
            {
                throw Errno.Failure($"setsockopt on descriptor {socketFd}");
            }

            if (statusPageFd >= 0)
            {
                _statusPage = MappedStatusPage.FromDescriptor(statusPageFd);
            }

            PStates = CallDiscovery.ReadTable(Call, Doorbell);
        }
        catch (Win32Exception exception)
        {
            Dispose();
            throw new FrequencyControlUnavailableException($"{exception.Message} The host stub must hand down a SOCK_SEQPACKET socket and, if it emulates P-states, its status page.", exception);
        }
        catch
        {
            Dispose();
            throw;
        }
        finally
        {
            if (statusPageFd >= 0)
            {
                _ = LibC.close(statusPageFd);
            }
        }
    }

    /// <inheritdoc/>
    public string Doorbell => "socket";

    /// <inheritdoc/>
    public PStateTable PStates { get; }

    /// <summary>True: without CPUID, the answers to the calls tell.</summary>
    public bool ControlGranted => true;

    /// <inheritdoc/>
    public bool Emulated => _statusPage is not null;

    /// <inheritdoc/>
    public uint StretchQ16 => _statusPage?.StretchQ16 ?? StatusPageLayout.StretchOne;

    /// <inheritdoc/>
    /// <remarks>A host that gives no whole answer within 200 ms counts as gone for good: a late answer would belong to another call.</remarks>
    public FrequencyReply Call(FrequencyCall call)
    {
        ulong* request = stackalloc ulong[2] { call.Number, (ulong)call.Argument };
        long reply;
        if (_socket < 0 || !Transfer(request, RequestBytes, send: true) || !Transfer(&reply, ReplyBytes, send: false))
        {
            Hangup();
            return new FrequencyReply(FrequencyStatus.BackendFailed);
        }

        return new FrequencyReply(reply);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Hangup();
        _statusPage?.Dispose();
    }

    private bool Transfer(void* buffer, int length, bool send)
    {
        nint done;
        do
        {
            done = send
                ? LibC.send(_socket, buffer, (nuint)length, LibC.MSG_NOSIGNAL)
                : LibC.recv(_socket, buffer, (nuint)length, LibC.MSG_TRUNC);
        }
        while (done < 0 && LibC.errno == LibC.EINTR);

        return done == length;
    }

    private void Hangup()
    {
        if (_socket >= 0)
        {
            _ = LibC.close(_socket);
            _socket = -1;
        }
    }
}
