using Microsoft.Extensions.Logging;
using PollScale.Governors;

namespace PollScale;

/// <summary>What a scaler says of loss: made when it starts, and once more when its governor sees what the certificate does not cover.</summary>
/// <remarks>Worked out where it is read, never on the polling thread's way.</remarks>
internal sealed class LossStatement
{
    private readonly LossPremises? _premises;
    private readonly IReadOnlyList<string> _others;
    private readonly ILogger? _log;
    private readonly Func<ulong>? _slowestEffect;
    private readonly Func<string?>? _waits;
    private ((ActuatorSurprise Surprise, string? Contradiction, TimeSpan Latency, string? Waits) Seen, LossCertificate? Certificate, DelayCertificate? Delay, IReadOnlyList<string> Warnings) _now;
    private readonly Lock _lock = new();

    /// <param name="premises">What the certificate rests on; null for none.</param>
    /// <param name="others">Warnings besides the certificate's.</param>
    /// <param name="log">Told each warning once; null for nobody.</param>
    /// <param name="slowestEffect">The longest time from a posted request to its effect up to now, in ns, an upper bound; null where requests are answered.</param>
    /// <param name="waits">What became known of waits that are not as they were to be; null for never.</param>
    public LossStatement(LossPremises? premises, IReadOnlyList<string> others, ILogger? log = null, Func<ulong>? slowestEffect = null, Func<string?>? waits = null)
    {
        _waits = waits;
        _slowestEffect = slowestEffect;
        _premises = premises;
        _others = others;
        _log = log;
        _now = Work(Seen);
        foreach (string warning in log is null ? [] : _now.Warnings)
        {
            ScalerLog.ScalerWarning(log!, warning);
        }
    }

    public LossCertificate? Certificate => Current().Certificate;

    public DelayCertificate? Delay => Current().Delay;

    public IReadOnlyList<string> Warnings => Current().Warnings;

    // The latency that was stated, or the longer one that was seen.
    private (ActuatorSurprise Surprise, string? Contradiction, TimeSpan Latency, string? Waits) Seen => _premises?.Governor is ILossBoundGovernor bound
        ? (bound.Surprise, bound.Contradiction, Latency, _waits?.Invoke())
        : (ActuatorSurprise.None, null, Latency, _waits?.Invoke());

    private TimeSpan Latency
    {
        get
        {
            TimeSpan stated = _premises?.TransitionLatency ?? TimeSpan.Zero, seen = ScalerCheck.AtMostASecond(_slowestEffect?.Invoke() ?? 0);
            return seen > stated ? seen : stated;
        }
    }

    private ((ActuatorSurprise Surprise, string? Contradiction, TimeSpan Latency, string? Waits) Seen, LossCertificate? Certificate, DelayCertificate? Delay, IReadOnlyList<string> Warnings) Current()
    {
        lock (_lock)
        {
            (ActuatorSurprise, string?, TimeSpan, string? Waits) seen = Seen;
            if (seen != _now.Seen)
            {
                bool promised = _now.Certificate is { LossFree: true };
                string? told = _now.Seen.Waits;
                _now = Work(seen);
                if (_log is not null && told is null && seen.Waits is not null)
                {
                    ScalerLog.ScalerWarning(_log, seen.Waits);
                }

                if (_log is not null && promised && _now.Certificate is { LossFree: false } withdrawn)
                {
                    ScalerLog.CertificateWithdrawn(_log, withdrawn.Text);
                }
            }

            return _now;
        }
    }

    private ((ActuatorSurprise, string?, TimeSpan, string?), LossCertificate?, DelayCertificate?, IReadOnlyList<string>) Work((ActuatorSurprise Surprise, string? Contradiction, TimeSpan Latency, string? Waits) seen)
    {
        LossPremises? premises = _premises is null ? null : _premises with { TransitionLatency = seen.Latency };
        LossCertificate? certificate = premises is null ? null : LossCertificate.For(premises);
        DelayCertificate? delay = premises is { Governor: IDelayBoundGovernor own } ? DelayCertificate.For(premises, own.DelayBound) : null;
        List<string> warnings = certificate is { LossFree: false } ? [certificate.Text] : [];

        // What is withheld is so of both, and told once.
        warnings.AddRange(delay is { Kept: false } && (delay.Withheld ?? certificate?.Withheld) is null ? [delay.Text] : (string[])[]);
        return (seen, certificate, delay, [.. warnings, .. _others, .. seen.Waits is null ? (string[])[] : [seen.Waits]]);
    }
}
