using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using PollScale.Native;

namespace PollScale.HostStub.Operate.Protocol;

/// <summary>A connection to a daemon's control socket. One thread.</summary>
internal sealed class ControlClient : IDisposable
{
    private const int MostBytes = 64 << 20, PatienceMs = 10_000, LookMs = 50;
    private readonly StreamDescriptor _stream;

    private ControlClient(StreamDescriptor stream, string path) => (_stream, Path) = (stream, path);

    /// <summary>The socket.</summary>
    public string Path { get; }

    /// <summary>Connects.</summary>
    /// <param name="path">The socket; null for the usual ones.</param>
    /// <param name="variable">Value of an environment variable, or null.</param>
    /// <exception cref="ControlException">No daemon is there, or this user may not use it; the message says what to do.</exception>
    public static ControlClient Connect(string? path, Func<string, string?> variable)
    {
        string[] candidates = path is null ? [.. ControlPath.Candidates(variable)] : [path];
        string? forbidden = null;
        foreach (string candidate in candidates)
        {
            StreamDescriptor? stream = TryConnect(candidate, out int error);
            if (stream is not null)
            {
                return new ControlClient(stream, candidate);
            }

            forbidden ??= error is LibC.EACCES or LibC.EPERM ? candidate : null;
        }

        throw new ControlException(forbidden is null
            ? $"No hoststub serve answers at {string.Join(" or ", candidates)}. Start one (hoststub serve --policy FILE, systemctl start hoststub), or say where its control socket is: --control PATH."
            : $"This user may not use {forbidden}: be root{(ControlPath.GroupOf(forbidden) is string group ? $", or a member of group {group}" : "")}.");
    }

    /// <summary>Asks.</summary>
    /// <param name="request">What.</param>
    /// <param name="answer">How the answer is read.</param>
    /// <exception cref="ControlException">The daemon refused it, does not answer, or answers what is no answer.</exception>
    public T Ask<T>(ControlRequest request, JsonTypeInfo<T> answer) where T : SummaryLine
    {
        byte[] line = request.Line();
        for (int sent = 0; sent < line.Length;)
        {
            int done = _stream.Write(line.AsSpan(sent));
            sent += done > 0 ? done : done == -LibC.EAGAIN && _stream.WaitWritable(PatienceMs) ? 0 : throw Gone();
        }

        return Read(answer);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    // A daemon that is busy with others may have no room for a moment.
    private static StreamDescriptor? TryConnect(string path, out int error)
    {
        for (int waited = 0; ; waited += LookMs)
        {
            StreamDescriptor? stream = UnixSocket.TryConnect(path, out error);
            if (stream is not null || error != LibC.EAGAIN || waited >= PatienceMs)
            {
                return stream;
            }

            Thread.Sleep(LookMs);
        }
    }

    private T Read<T>(JsonTypeInfo<T> answer) where T : SummaryLine
    {
        byte[] buffer = new byte[64 << 10];
        int filled = 0;
        while (filled == 0 || buffer[filled - 1] != '\n')
        {
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, filled < MostBytes ? filled * 2 : throw new ControlException($"The answer of {Path} is too long to be a daemon's."));
            }

            int done = _stream.Read(buffer.AsSpan(filled));
            filled += done > 0 ? done : done == -LibC.EAGAIN && _stream.WaitReadable(PatienceMs) ? 0 : throw Gone();
        }

        try
        {
            ReadOnlySpan<byte> line = buffer.AsSpan(0, filled);
            JsonElement whole = JsonDocument.Parse(buffer.AsMemory(0, filled)).RootElement;
            return whole.TryGetProperty("cause", out JsonElement cause) && cause.GetString() is string text ? throw new ControlException(text)
                : JsonSerializer.Deserialize(line, answer) ?? throw new JsonException("null");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ControlException($"{Path} answers what is no answer of this hoststub's daemon: {SafeText.Line(e.Message)}");
        }
    }

    private ControlException Gone() => new($"The daemon at {Path} closed the connection, or has not answered for {PatienceMs / 1000} s: is it ending, or very busy? Try again.");
}
