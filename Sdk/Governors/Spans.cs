namespace PollScale.Governors;

/// <summary>Short words for the ranges of options.</summary>
internal static class Spans
{
    public static TimeSpan Us(double us) => TimeSpan.FromMicroseconds(us);

    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
