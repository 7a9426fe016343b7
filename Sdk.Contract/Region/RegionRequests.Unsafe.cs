namespace PollScale.Region;

/// <summary>The guest's end of a vCPU's slot: requests in, answers out.</summary>
// SAFETY: the slot lies in a region that its owner keeps mapped while this is used; its fields lie in the stride that the header was checked for.
internal readonly unsafe struct RegionRequests
{
    private readonly byte* _slot;

    /// <summary>Takes the slot at <paramref name="slot"/>, 8-byte aligned.</summary>
    public RegionRequests(byte* slot) => _slot = slot;

    /// <summary>The request that was stored last; 0 for none.</summary>
    public RequestWord Stored => new(Volatile.Read(ref *(ulong*)(_slot + RegionLayout.RequestField)));

    /// <summary>Number of the request that was answered last; 0 for none.</summary>
    public uint Echo => Volatile.Read(ref *(uint*)(_slot + RegionLayout.EchoField));

    /// <summary>Requests that the host passed over.</summary>
    public uint Dropped => Volatile.Read(ref *(uint*)(_slot + RegionLayout.DroppedField));

    /// <summary>Stores a request, by one store: one that the host has not seen yet is replaced.</summary>
    public void Store(RequestWord request) => Volatile.Write(ref *(ulong*)(_slot + RegionLayout.RequestField), request.Value);

    /// <summary>Takes a request's answer.</summary>
    /// <param name="sequence">Its number, that of the request stored last.</param>
    /// <param name="result">As the host wrote it.</param>
    /// <returns>False when it is not answered yet.</returns>
    public bool TryTake(uint sequence, out long result)
    {
        bool answered = Echo == sequence; // an acquire: the result was written before
        result = answered ? Volatile.Read(ref *(long*)(_slot + RegionLayout.ResultField)) : 0;
        return answered;
    }
}
