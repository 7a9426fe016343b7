using PollScale.Memif.Control;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.Tests.Memif.Control;

/// <summary>A socket in a folder that goes with the test, and what ports were told.</summary>
internal sealed class LinkLab : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _told = [];

    /// <summary>Where the socket is.</summary>
    public string Path => _folder["memif.sock"];

    /// <summary>News so far.</summary>
    public string[] Told
    {
        get
        {
            lock (_told)
            {
                return [.. _told];
            }
        }
    }

    /// <summary>Options whose news are kept, with a name before them.</summary>
    public MemifPortOptions Options(string name, int log2 = 6, int buffer = 2048, uint id = 0, string secret = "") => new()
    {
        Id = id,
        Secret = secret,
        Log2RingSize = log2,
        BufferSize = buffer,
        StatusChanged = news =>
        {
            lock (_told)
            {
                _told.Add($"{name}: {news}");
            }
        },
    };

    /// <summary>Waits until a port has been told something.</summary>
    public string AwaitTold(string words)
    {
        string? found = null;
        Await(() => (found = Array.Find(Told, news => news.Contains(words, StringComparison.Ordinal))) is not null, () => $"'{words}' among:\n{string.Join('\n', Told)}");
        return found!;
    }

    /// <summary>Waits until both see a link.</summary>
    public void AwaitLinks(params MemifPort[] ports) => Await(() => ports.All(port => port.Poll()), () => $"a link; told:\n{string.Join('\n', Told)}");

    public static void Await(Func<bool> done, Func<string> what)
    {
        long end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!done())
        {
            Assert.True(Environment.TickCount64 < end, $"waited in vain for {what()}");
            Thread.Sleep(1);
        }
    }

    public void Dispose() => _folder.Dispose();
}
