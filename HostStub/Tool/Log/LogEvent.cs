using Microsoft.Extensions.Logging;

namespace PollScale.HostStub.Log;

/// <summary>One thing that happened, as it is told: docs/logging.md has every event.</summary>
/// <param name="Level">How much it matters.</param>
/// <param name="Id">Number of the event; it stays.</param>
/// <param name="Name">Its name; it stays.</param>
/// <param name="Message">What happened, why, and what to do, for people; may have several lines.</param>
/// <param name="Fields">What the message is about, as text by name; the names stay.</param>
internal sealed record LogEvent(LogLevel Level, int Id, string Name, string Message, IReadOnlyDictionary<string, string> Fields);
