using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace PollScale.Extensions;

/// <summary>Puts PollScale into an application's services.</summary>
public static class PollScaleServices
{
    /// <summary>
    /// Adds <see cref="PollScaleLcores"/>, which opens a scaler on each polling thread, with its options checked, its warnings logged and its counters
    /// shown by the meter <see cref="PollScaleMeter.Name"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options; null leaves the defaults. An option out of range is refused with an <see cref="OptionsValidationException"/>: when a host starts, else by the first scaler.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddPollScale(this IServiceCollection services, Action<PollScaleOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddLogging();
        services.AddMetrics();
        OptionsBuilder<PollScaleOptions> options = services.AddOptions<PollScaleOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PollScaleOptions>, PollScaleOptionsCheck>());
        services.TryAddSingleton<PollScaleMeter>();
        services.TryAddSingleton<PollScaleLcores>();
        return services;
    }
}
