using System.Runtime.CompilerServices;
using PollScale.Samples.QueueScaler;
using PollScale.Samples.QueueScaler.Forwarding;
using PollScale.Telemetry;

namespace PollScale.GuestProbe.Bench;

/// <summary>The sample's forwarder alone, on the same frames again and again: a tool that counts instructions sees what parsing, checksum, lookup and rewriting take.</summary>
internal static class BenchForward
{
    /// <summary>Bytes of a frame in the file; all of them are its own.</summary>
    public const int FrameBytes = 64;

    /// <summary>Runs and prints one line of key=value pairs.</summary>
    /// <param name="file">The frames.</param>
    /// <param name="routesFile">The routes.</param>
    /// <param name="rounds">How often they come.</param>
    /// <exception cref="InvalidOperationException">A file cannot be read, or the frames are no whole number.</exception>
    public static void Run(string file, string routesFile, int rounds)
    {
        byte[] frames = RecordedFile.Read(file, FrameBytes, "a frame");
        Route[] routes = Routes(routesFile);
        using Dir24_8 table = new(routes, RouteTable.GroupsFor(routes));
        Forwarder forwarder = new(table);
        int forwarded = 0;
        for (int round = 0; round < rounds; round++)
        {
            forwarded += Forward(forwarder, frames);
        }

        Output.Line($"bench-forward frames={frames.Length / FrameBytes} rounds={rounds} forwarded={forwarded}");
    }

    // Each is copied first, as from a ring: forwarding changes it.
    // SAFETY: a frame lies within the array, and its copy is as large.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe int Forward(Forwarder forwarder, byte[] frames)
    {
        byte* copy = stackalloc byte[FrameBytes];
        int forwarded = 0;
        fixed (byte* first = frames)
        {
            for (byte* frame = first; frame < first + frames.Length; frame += FrameBytes)
            {
                Unsafe.CopyBlockUnaligned(copy, frame, FrameBytes);
                forwarded += forwarder.TryForward(copy, FrameBytes, out DropCause _) ? 1 : 0;
            }
        }

        return forwarded;
    }

    private static Route[] Routes(string file)
    {
        try
        {
            return RouteFile.Load(file);
        }
        catch (RouteFileException e)
        {
            throw new InvalidOperationException(e.Message, e);
        }
    }
}
