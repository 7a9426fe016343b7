using Microsoft.Extensions.Options;
using PollScale.Governors;

namespace PollScale.Extensions;

/// <summary>Checks options as the scaler itself does, so that no range is said twice.</summary>
internal sealed class PollScaleOptionsCheck : IValidateOptions<PollScaleOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, PollScaleOptions options)
    {
        List<string> failures = [];
        try
        {
            options.ForLcore(null).Validate();
        }
        catch (ArgumentException e)
        {
            failures.Add(e.Message);
        }

        if (options.Governor is string text && !GovernorCatalog.TryParse(text, out _, out string? error))
        {
            failures.Add($"{nameof(PollScaleOptions)}.{nameof(PollScaleOptions.Governor)}: {error}");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
