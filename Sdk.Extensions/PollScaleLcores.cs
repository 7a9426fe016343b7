using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PollScale.Governors;
using PollScale.Telemetry;
using PollScale.Transports;

namespace PollScale.Extensions;

/// <summary>Opens scalers, each on the thread that polls.</summary>
/// <param name="options">Their settings.</param>
/// <param name="loggers">For what they warn of, category "PollScale.LcoreScaler".</param>
/// <param name="meter">Shows their counters.</param>
/// <param name="services">Given to <see cref="PollScaleOptions.Transport"/>.</param>
public sealed class PollScaleLcores(IOptions<PollScaleOptions> options, ILoggerFactory loggers, PollScaleMeter meter, IServiceProvider services)
{
    /// <summary>Opens one on the calling thread, which polls from then on.</summary>
    /// <param name="cpu">CPU of the thread, as the guest numbers it; null accepts any.</param>
    /// <exception cref="OptionsValidationException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The thread is not pinned as required.</exception>
    /// <exception cref="FrequencyControlUnavailableException">No host was found.</exception>
    public PollScaleLcore Open(int? cpu = null)
    {
        PollScaleOptions settings = options.Value;
        LcoreScalerOptions scaler = settings.ForLcore(cpu);
        Func<GovernorContext, IGovernor>? governor = null;
        if (settings.Governor is string text && !GovernorCatalog.TryParse(text, out governor, out string? error))
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(PollScaleOptions), [error]);
        }

        _ = CpuPinning.Apply(scaler.Pinning, scaler.Cpu); // before a transport is opened that belongs to the thread's vCPU
        CountedTransport transport = CountedPostedTransport.Of(settings.Transport?.Invoke(services) ?? FrequencyTransport.Open());
        try
        {
            DecisionTrace trace = new(everyDecision: true);
            LatencyHistogram wakeTimes = new();
            return new PollScaleLcore(
                new LcoreScaler(scaler with { Transport = transport, Governor = governor, Trace = trace, WakeTimes = wakeTimes, Logger = loggers.CreateLogger<LcoreScaler>() }), transport, trace, wakeTimes, meter);
        }
        catch
        {
            transport.Dispose();
            throw;
        }
    }
}
