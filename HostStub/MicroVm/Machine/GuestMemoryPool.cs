namespace PollScale.HostStub.Machine;

/// <summary>
/// Keeps one guest memory for the next VM of this process: under nested KVM the first touch of a fresh page costs microseconds, clearing a
/// used one 0.1 us.
/// </summary>
internal static class GuestMemoryPool
{
    private static GuestMemory? s_spare;

    /// <summary>Zeroed memory of this size.</summary>
    public static GuestMemory Rent(ulong size)
    {
        GuestMemory? spare = Interlocked.Exchange(ref s_spare, null);
        if (spare?.Size == size)
        {
            return spare;
        }

        spare?.Dispose();
        return new GuestMemory(size);
    }

    /// <summary>Takes memory back and clears what was used.</summary>
    /// <param name="memory">Memory no VM maps any more.</param>
    /// <param name="used">Bytes from GPA 0 that may not be zero.</param>
    public static void Return(GuestMemory memory, ulong used)
    {
        const int Chunk = 1 << 30;
        for (ulong gpa = 0; gpa < used; gpa += Chunk)
        {
            memory.Slice(gpa, (int)Math.Min(Chunk, used - gpa)).Clear();
        }

        Interlocked.Exchange(ref s_spare, memory)?.Dispose();
    }
}
