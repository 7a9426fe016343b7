namespace PollScale.GuestProbe.Bench;

/// <summary>Reads what a benchmark is given to work on.</summary>
internal static class RecordedFile
{
    /// <summary>All of a file.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="each">Bytes of one record.</param>
    /// <param name="what">What one record is, such as "a poll".</param>
    /// <exception cref="InvalidOperationException">It cannot be read, or is no whole number of records.</exception>
    public static byte[] Read(string file, int each, string what)
    {
        try
        {
            byte[] bytes = File.ReadAllBytes(file);
            return bytes.Length > 0 && bytes.Length % each == 0 ? bytes
                : throw new InvalidOperationException($"{file} has {bytes.Length} bytes; {what} takes {each}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"cannot read {file}: {e.Message}", e);
        }
    }
}
