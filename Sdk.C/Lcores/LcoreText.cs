namespace PollScale.C.Lcores;

/// <summary>What is told in words: pollscale.h's enum pollscale_text.</summary>
internal static class LcoreText
{
    /// <exception cref="ArgumentException">There is no such text.</exception>
    public static string Of(Lcore lcore, int what) => what switch
    {
        0 => lcore.Scaler.Transport.Doorbell,
        1 => lcore.Governor,
        2 => lcore.Scaler.Certificate?.Text ?? "",
        3 => lcore.Scaler.DelayCertificate?.Text ?? "",
        4 => string.Join('\n', lcore.Scaler.Warnings.Prepend(lcore.Scaler.Transport.DoorbellNote ?? "").Where(text => text.Length > 0)),
        5 => lcore.Scaler.Shadow?.Text ?? "",
        _ => throw new ArgumentException($"pollscale_text: there is no text {what}; enum pollscale_text has 0 .. 5."),
    };
}
