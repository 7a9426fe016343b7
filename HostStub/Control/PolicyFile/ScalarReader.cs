using PollScale.HostStub.Policy.Configuration;

namespace PollScale.HostStub.PolicyFile;

/// <summary>Reads the text of a scalar.</summary>
/// <returns>Null when the text is valid, else what would be.</returns>
internal delegate string? ScalarReader<T>(string text, FilePosition at, out T value);
