namespace PollScale.Governors;

/// <summary>An option of a governor, as a user writes it.</summary>
/// <param name="Name">Name, in lower case with hyphens.</param>
/// <param name="Range">What it takes, with its unit.</param>
/// <param name="Default">What it is when not given.</param>
/// <param name="Summary">What it does, in a few words.</param>
internal sealed record GovernorOption(string Name, string Range, string Default, string Summary);
