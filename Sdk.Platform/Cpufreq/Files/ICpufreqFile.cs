namespace PollScale.Cpufreq;

/// <summary>One attribute file, kept open. Errors are Linux error numbers, 0 for none. Reading and writing allocate nothing.</summary>
internal interface ICpufreqFile : IDisposable
{
    /// <summary>Full path, for messages.</summary>
    string Path { get; }

    /// <summary>Writes the whole value in one call.</summary>
    int Write(ReadOnlySpan<byte> value);

    /// <summary>Reads the value as the kernel shows it now.</summary>
    int Read(Span<byte> buffer, out int length);

    /// <summary>Marks the file as this process's, for as long as it is open here.</summary>
    /// <param name="holder">Pid of the other that has marked it; 0 where it cannot be seen from here.</param>
    /// <returns>False when another has.</returns>
    bool TryHold(out int holder);

    /// <summary>Takes the mark away.</summary>
    void LetGo();
}
