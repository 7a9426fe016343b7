namespace PollScale.HostStub.Policy.Configuration;

/// <summary>Where in a policy file something is said.</summary>
/// <param name="Line">Line, from 1; 0 where there is no place to name.</param>
/// <param name="Column">Column, from 1.</param>
internal readonly record struct FilePosition(int Line, int Column);
