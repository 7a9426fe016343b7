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
    private (ActuatorSurprise Seen, LossCertificate? Certificate, IReadOnlyList<string> Warnings) _now;
    private readonly Lock _lock = new();

    /// <param name="premises">What the certificate rests on; null for none.</param>
    /// <param name="others">Warnings besides the certificate's.</param>
    /// <param name="log">Told each warning once; null for nobody.</param>
    public LossStatement(LossPremises? premises, IReadOnlyList<string> others, ILogger? log = null)
    {
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

    public IReadOnlyList<string> Warnings => Current().Warnings;

    private ActuatorSurprise Seen => _premises?.Governor is ILossBoundGovernor bound ? bound.Surprise : ActuatorSurprise.None;

    private (ActuatorSurprise Seen, LossCertificate? Certificate, IReadOnlyList<string> Warnings) Current()
    {
        lock (_lock)
        {
            ActuatorSurprise seen = Seen;
            if (seen != _now.Seen)
            {
                _now = Work(seen);
                if (_log is not null && _now.Certificate is { LossFree: false } withdrawn)
                {
                    ScalerLog.CertificateWithdrawn(_log, withdrawn.Text);
                }
            }

            return _now;
        }
    }

    private (ActuatorSurprise, LossCertificate?, IReadOnlyList<string>) Work(ActuatorSurprise seen)
    {
        LossCertificate? certificate = _premises is null ? null : LossCertificate.For(_premises);
        return (seen, certificate, certificate is { LossFree: false } ? [certificate.Text, .. _others] : _others);
    }
}
