namespace PollScale.Governors;

/// <summary>Settings of a <see cref="DrainTimeGovernor"/>.</summary>
public sealed record DrainTimeOptions
{
}
