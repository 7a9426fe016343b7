namespace PollScale.Memif;

/// <summary>A packet region could not be opened, or its header does not describe a region this version understands.</summary>
internal sealed class PacketRegionException : Exception
{
    /// <summary>An exception that tells what is wrong and what to do.</summary>
    /// <param name="message">The sentence shown to the user.</param>
    public PacketRegionException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with its cause.</summary>
    /// <param name="message">The sentence shown to the user.</param>
    /// <param name="innerException">The cause.</param>
    public PacketRegionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
