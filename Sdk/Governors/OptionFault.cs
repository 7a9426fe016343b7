namespace PollScale.Governors;

/// <summary>An option that does not go with another.</summary>
/// <param name="Property">The property at fault.</param>
/// <param name="Value">Its value; null where it is missing.</param>
/// <param name="Expected">What it must be.</param>
internal readonly record struct OptionFault(string Property, object? Value, string Expected);
