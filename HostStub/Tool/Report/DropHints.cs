namespace PollScale.HostStub.Report;

/// <summary>What to do where most packets were dropped for one cause.</summary>
internal static class DropHints
{
    /// <summary>Hints for the causes that took half of the packets or more.</summary>
    /// <param name="dropped">Drops by cause.</param>
    /// <param name="offered">Packets offered.</param>
    /// <param name="hasRoutes">The user gave routes.</param>
    public static IEnumerable<string> For(IReadOnlyDictionary<string, ulong> dropped, ulong offered, bool hasRoutes)
    {
        if (Most("no_route", out ulong count))
        {
            string table = hasRoutes ? "the routes given do not cover their destinations" : "the sample forwarder's own routes cover 10.0.0.0/8 only";
            yield return $"{Human.Count(count)} of {Human.Count(offered)} packets were dropped as no_route: {table}. Forward them all with --default-route, or name routes with --routes FILE (a line each: PREFIX/LENGTH NEXT-HOP, such as 192.0.2.0/24 1).";
        }

        if (Most("bad_checksum", out count))
        {
            yield return $"{Human.Count(count)} of {Human.Count(offered)} packets were dropped as bad_checksum: a capture taken on the sender has no checksums where its NIC fills them in. Put them right: tcprewrite --fixcsum.";
        }

        bool Most(string cause, out ulong number) => dropped.TryGetValue(cause, out number) && number > 0 && number >= offered / 2;
    }
}
