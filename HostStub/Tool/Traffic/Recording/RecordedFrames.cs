namespace PollScale.HostStub.Traffic.Recording;

/// <summary>What a <see cref="ForwardedRecorder"/> wrote.</summary>
/// <param name="Path">The file.</param>
/// <param name="Packets">Frames in it.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Missed">Forwarded frames that are not in it.</param>
/// <param name="Failure">Why writing failed; null when it did not.</param>
internal sealed record RecordedFrames(string Path, ulong Packets, ulong Bytes, ulong Missed, string? Failure);
