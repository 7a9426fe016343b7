namespace PollScale.Cpufreq;

/// <summary>One attribute file, kept open. Errors are Linux error numbers, 0 for none. Neither call allocates.</summary>
internal interface ICpufreqFile : IDisposable
{
    /// <summary>Full path, for messages.</summary>
    string Path { get; }

    /// <summary>Writes the whole value in one call.</summary>
    int Write(ReadOnlySpan<byte> value);

    /// <summary>Reads the value as the kernel shows it now.</summary>
    int Read(Span<byte> buffer, out int length);
}
