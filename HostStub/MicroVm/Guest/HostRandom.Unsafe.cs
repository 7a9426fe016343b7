using PollScale.Native;

namespace PollScale.HostStub.Guest;

/// <summary>Random bytes of the host's kernel. (.NET's own generator loads OpenSSL, which a host need not have and a boot need not wait for.)</summary>
internal static class HostRandom
{
    /// <summary>Fills a buffer.</summary>
    // SAFETY: the kernel fills what is left of the pinned buffer.
    public static unsafe void Fill(Span<byte> buffer)
    {
        fixed (byte* pointer = buffer)
        {
            for (int done = 0; done < buffer.Length;)
            {
                nint got = LibC.getrandom(pointer + done, (nuint)(buffer.Length - done), 0);
                if (got < 0 && LibC.errno != LibC.EINTR)
                {
                    throw new InvalidOperationException($"getrandom failed: {LibC.strerror(LibC.errno)}.");
                }

                done += (int)Math.Max(got, 0);
            }
        }
    }
}
